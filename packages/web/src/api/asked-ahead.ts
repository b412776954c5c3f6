/** What was asked for before the page's own scripts were there: see `ahead.ts`. */
export interface AskedAhead {
  /** By their addresses. */
  readonly answers: Map<string, Promise<Response>>;
  /** What the page has asked for itself, since it was quicker. */
  readonly own: Set<string>;
  /** The last event that the server knew of before it was asked for any of the others. */
  readonly seq: Promise<number | undefined>;
}

declare global {
  var askedAhead: AskedAhead | undefined;
}

/** Answers that nobody has asked for so long after the page was opened are old, in milliseconds. */
const FRESH_MS = 10_000;

// Whatever comes from here on comes too late.
globalThis.askedAhead ??= { answers: new Map(), own: new Set(), seq: Promise.resolve(undefined) };
const asked = globalThis.askedAhead;

/** Gives an answer that was asked for ahead, once, and asks for all others. */
export const fetchOrTake: typeof fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : input.toString();
  const isRead = init?.method === undefined || init.method === "GET";
  if (!isRead || performance.now() > FRESH_MS) return await fetch(input, init);
  const ahead = asked.answers.get(url);
  asked.own.add(url);
  asked.answers.delete(url);
  if (ahead === undefined) return await fetch(input, init);
  const answer = await ahead.catch(() => undefined);
  return answer?.ok === true ? answer : await fetch(input, init);
};

/** From which event on the stream tells all that happens after what is read; undefined where it is to be asked. */
export async function seqAhead(): Promise<number | undefined> {
  return await asked.seq.catch(() => undefined);
}

/** Something has happened since: what nobody has asked for yet is old. */
export function forgetAhead(): void {
  asked.answers.clear();
}
