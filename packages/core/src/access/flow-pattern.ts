import { MillraceError } from "../errors/millrace-error.ts";

const PATTERN = /^[a-z0-9*._/-]{1,128}$/;

/** The pattern of all flows, and of what belongs to none. */
export const EVERYTHING = "*";

/**
 * Gives a pattern of flow names back when it is one: a flow's name in which each `*` stands for any characters, `/` too.
 *
 * @throws MillraceError `INVALID_NAME`.
 */
export function checkFlowPattern(pattern: string): string {
  if (PATTERN.test(pattern)) return pattern;
  throw new MillraceError("INVALID_NAME", `This is not a pattern of flow names: ${JSON.stringify(pattern)}.`, {
    hint: 'Write a flow\'s name with "*" for any characters: "orders-*", "billing/*", or "*" for everything.',
  });
}

/** Whether a flow's name fits a pattern. Looks at each piece once, so that no pattern is slow. */
export function matchesFlow(pattern: string, flow: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces.shift() as string;
  const last = pieces.pop();
  if (last === undefined) return flow === first;
  if (!flow.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = flow.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return flow.length - last.length >= at && flow.endsWith(last);
}
