import type { IncomingMessage } from "node:http";

/** So long a sender has to hear the answer before its connection is cut, in milliseconds. */
const HEARING_MS = 1_000;

/**
 * Ends a connection of which the rest of the body is not wanted, after the answer. Cut at once, with bytes on their way, the
 * sender would be told of a broken connection and never hear why.
 */
export function leaveUnread({ socket }: IncomingMessage): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), HEARING_MS);
  socket.once("close", () => clearTimeout(timer));
}
