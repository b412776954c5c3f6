import { instantText } from "../../ui/time-text.ts";

/** The instant at which the clock of a zone shows a time, `2026-03-28T00:00`; undefined where the text is none. */
export function instantIn(local: string, zone: string): string | undefined {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return undefined;
  let at = wanted;
  // The distance from UTC may be another one there: the second time it is the right one.
  for (const _ of [1, 2]) at += wanted - Date.parse(`${instantText(at, zone).replace(" ", "T")}Z`);
  return new Date(at).toISOString();
}
