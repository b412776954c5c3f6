import { decode, type EncodedText, type RunSlice, type Window } from "@millrace/core";

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

export function maybeInstant(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

export function windowView({ startMs, endMs }: Window): { start: string; end: string } {
  return { start: instant(startMs), end: instant(endMs) };
}

export function sliceView(
  slice: RunSlice,
): { kind: "key"; key: string } | { kind: "keys"; keys: string[] } | { kind: "range"; from: string; to: string } {
  return slice.kind === "keys" ? { kind: "keys", keys: [...slice.keys] } : slice;
}

/** A stored value as JSON; what JSON cannot hold becomes text or lists. */
export function jsonOf(text: EncodedText): unknown {
  // The escape of what JSON cannot hold; a text without it is plain JSON.
  if (!text.includes('"$"')) return JSON.parse(text);
  return JSON.parse(JSON.stringify(decode(text), plain) ?? "null");
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint" || value instanceof RegExp) return String(value);
  if (value instanceof Map || value instanceof Set) return [...value];
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
}
