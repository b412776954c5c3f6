import type { ConfigText, SendOutcome } from "@millrace/core";

/** What sending a message needs beside the message. */
export interface ChannelCall {
  /** The same at each try, so that a receiver knows what it has already. */
  readonly id: string;
  /** Of this try. */
  readonly nowMs: number;
  /** The value of a text of the configuration. Throws `MISSING_SECRET`. */
  readonly read: (text: ConfigText, what: string) => Promise<string>;
}

/** One that has not answered by then has failed, in milliseconds. */
export const SEND_MS = 15_000;
/** Of what a receiver says, so much is kept, in characters. */
const KEPT_TEXT = 200;

/** The beginning of what somebody said, in one line. */
export function shortText(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > KEPT_TEXT ? `${line.slice(0, KEPT_TEXT)}…` : line;
}

/** Why something was not sent, with its cause, which is where connections say it. */
export function failureOf(error: unknown): SendOutcome {
  const parts: string[] = [];
  for (let each = error; each instanceof Error && parts.length < 3; each = each.cause) {
    if (each.message !== "" && !parts.includes(each.message)) parts.push(each.message);
  }
  return { kind: "failed", text: shortText(parts.length === 0 ? String(error) : parts.join(": ")), retryAfterMs: null };
}
