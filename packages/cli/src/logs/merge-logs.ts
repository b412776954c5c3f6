import type { AttemptRow } from "@millrace/core";
import type { LogLine } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";

export interface AttemptLine {
  readonly attempt: AttemptRow;
  readonly line: LogLine;
}

const PAGE_LINES = 1_000;

/**
 * The lines of many attempts in the order of their time. A log is opened when the time has come at which its attempt
 * started, and read page by page: memory is for the attempts that ran side by side, not for all of them.
 *
 * @param attempts in the order in which they started.
 */
export async function* mergeLogs(runtime: RunAccess, attempts: readonly AttemptRow[]): AsyncGenerator<AttemptLine> {
  const waiting = [...attempts];
  const open: Cursor[] = [];
  while (waiting.length > 0 || open.length > 0) {
    const earliest = earliestOf(open);
    const [next] = waiting;
    if (next !== undefined && (earliest === undefined || next.startedAtMs <= earliest.atMs)) {
      waiting.shift();
      const cursor = new Cursor(runtime, next);
      if (await cursor.advance()) open.push(cursor);
      continue;
    }
    if (earliest === undefined) continue;
    yield { attempt: earliest.attempt, line: earliest.line };
    if (!(await earliest.advance())) open.splice(open.indexOf(earliest), 1);
  }
}

function earliestOf(open: readonly Cursor[]): Cursor | undefined {
  let earliest: Cursor | undefined;
  for (const cursor of open) if (earliest === undefined || cursor.atMs < earliest.atMs) earliest = cursor;
  return earliest;
}

/** A place in one attempt's log. */
class Cursor {
  readonly attempt: AttemptRow;
  readonly #runtime: RunAccess;
  #page: readonly LogLine[] = [];
  #index = -1;
  #from = 0;
  #ended = false;

  constructor(runtime: RunAccess, attempt: AttemptRow) {
    this.#runtime = runtime;
    this.attempt = attempt;
  }

  get line(): LogLine {
    return this.#page[this.#index] as LogLine;
  }

  get atMs(): number {
    return this.line.t;
  }

  /** Goes to the next line. False: there is none. */
  async advance(): Promise<boolean> {
    this.#index += 1;
    if (this.#index < this.#page.length) return true;
    if (this.#ended) return false;
    const { run, id } = this.attempt;
    const page = await this.#runtime.logs.read({ run, attempt: id, from: this.#from, limit: PAGE_LINES });
    this.#from += page.lines.length;
    this.#ended = page.ended || page.lines.length === 0;
    this.#page = page.lines;
    this.#index = 0;
    return page.lines.length > 0;
  }
}
