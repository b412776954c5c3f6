import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { Refusal } from "./refusal.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address can be reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost)$/.test(address);
}

/** Whether a proxy says that it passes on somebody else's request. */
export function isForwarded({ headers }: IncomingMessage): boolean {
  return ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"].some(
    (name) => headers[name] !== undefined,
  );
}

/**
 * Refuses names that only lead here: a page whose name was bound to this address after it was loaded is of the same origin to
 * its browser. Where nobody is asked who they are, only the names of this machine to itself are taken; else also addresses,
 * which nobody can bind anew, and the name that the configuration says.
 */
export function checkHost(
  { headers }: IncomingMessage,
  { isOpen, publicUrl }: { readonly isOpen: boolean; readonly publicUrl: URL | null },
): void {
  const host = (headers.host ?? "").toLowerCase();
  const name = host.replace(/:\d{1,5}$/, "");
  if (LOOPBACK_NAMES.has(name) || host === publicUrl?.host) return;
  if (!isOpen && isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0) return;
  throw new Refusal("FORBIDDEN", "The server does not go by the name in the Host header.", {
    hint: isOpen
      ? "Call it 127.0.0.1 or localhost."
      : "Call it by its address, or say its name to the server: --public-url https://millrace.example.org.",
  });
}

/** Refuses pages of other origins: their browser may be somebody's here, and their author is not. */
export function checkOrigin(
  { headers }: IncomingMessage,
  { isSecure, publicUrl }: { readonly isSecure: boolean; readonly publicUrl: URL | null },
): void {
  const { origin } = headers;
  const host = (headers.host ?? "").toLowerCase();
  // A proxy that does not say so may speak https; plain http to a server that has https is somebody in between.
  const own = [
    `https://${host}`,
    ...(isSecure ? [] : [`http://${host}`]),
    ...(publicUrl === null ? [] : [publicUrl.origin]),
  ];
  const isForeign = origin !== undefined && !own.includes(origin.toLowerCase());
  const site = headers["sec-fetch-site"];
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) {
    throw new Refusal("FORBIDDEN", "Pages of other origins may not use the API.");
  }
}
