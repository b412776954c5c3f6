import { MillraceError, type Window } from "@millrace/core";

/** `2026-01-31`, or an instant with its offset: without one it would mean another time on another machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const HINT =
  "Write --window 2026-01-01/2026-01-02, or instants with their offset: 2026-01-01T06:00Z/2026-01-01T07:00Z.";

/** `--window start/end` as ISO 8601 writes intervals. Dates mean midnight UTC. */
export function readWindow(text: string): Window {
  const parts = text.split("/");
  if (parts.length !== 2) throw refuse(`--window "${text}" is no interval.`);
  const [startMs, endMs] = parts.map((part) => readInstant(part)) as [number, number];
  if (endMs < startMs) throw refuse(`--window "${text}" ends before it starts.`);
  return { startMs, endMs };
}

function readInstant(text: string): number {
  const atMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  const day = Number(text.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  if (Number.isNaN(atMs) || day > daysInMonth) throw refuse(`--window: "${text}" is no date and no instant.`);
  return atMs;
}

function refuse(message: string): MillraceError {
  return new MillraceError("USAGE", message, { hint: HINT });
}
