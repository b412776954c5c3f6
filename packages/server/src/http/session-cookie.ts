import type { IncomingMessage } from "node:http";
import { SESSION_MS } from "../security/people.ts";

/** Behind https the browser itself sees to it that no other host and no plain http has set it. */
const SECURE_NAME = "__Host-millrace";
const PLAIN_NAME = "millrace";

/** The session that a browser sends, if it sends one. */
export function readSession({ headers }: IncomingMessage, isSecure: boolean): string | undefined {
  const wanted = `${isSecure ? SECURE_NAME : PLAIN_NAME}=`;
  const found = (headers.cookie ?? "").split(";").map((each) => each.trim());
  return found.find((each) => each.startsWith(wanted))?.slice(wanted.length);
}

/** `Set-Cookie` for a new session; with null, for none. No script reads it, and no other site has it sent. */
export function sessionCookie(secret: string | null, isSecure: boolean): string {
  const name = isSecure ? SECURE_NAME : PLAIN_NAME;
  const age = secret === null ? 0 : SESSION_MS / 1_000;
  return `${name}=${secret ?? ""}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${isSecure ? "; Secure" : ""}`;
}
