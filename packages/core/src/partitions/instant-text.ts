import { keyFormat } from "./key-format.ts";

const SECONDS = keyFormat("yyyy-MM-dd'T'HH:mm:ss'Z'", "instant");

/** An instant in UTC, `2026-01-01T06:00:00Z`. What is less than a second is cut off: no schedule ticks between seconds. */
export function instantText(atMs: number): string {
  return SECONDS.write({ localMs: atMs, offsetMs: 0, isSecond: false });
}

/** The other way; undefined where the text is no such instant. */
export function readInstantText(text: string): number | undefined {
  return SECONDS.read(text)?.localMs;
}
