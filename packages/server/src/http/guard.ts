import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address can be reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost)$/.test(address);
}

/**
 * Lets in who is on this machine and means this server. The API has no people yet, so everything else is refused: other
 * machines; names that only lead here (a page whose name was bound to 127.0.0.1 after it was loaded); and pages of other
 * origins, whose browser is on this machine while their author is not.
 */
export function checkIsLocal({ headers, socket }: IncomingMessage): void {
  if (!isLoopback(socket.remoteAddress ?? "")) {
    throw new Refusal("FORBIDDEN", "The API answers this machine alone.", {
      hint: "Reach it through a tunnel: ssh -L 7430:127.0.0.1:7430 <machine>.",
    });
  }
  const host = headers.host ?? "";
  if (!LOOPBACK_NAMES.has(host.replace(/:\d{1,5}$/, "").toLowerCase())) {
    throw new Refusal("FORBIDDEN", "The API does not go by the name in the Host header.", {
      hint: "Call it 127.0.0.1 or localhost.",
    });
  }
  const { origin } = headers;
  const isForeign = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  const site = headers["sec-fetch-site"];
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) {
    throw new Refusal("FORBIDDEN", "Pages of other origins may not use the API.");
  }
}
