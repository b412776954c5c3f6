import { server } from "../../api/server.ts";
import type { LogLevel, LogLine } from "../../api/shapes.ts";

/** Lines that are read at once, and kept together. */
const PAGE = 400;
/** Pages that are kept: what was seen longest ago goes first. */
const MOST_PAGES = 40;
/** Pages that are on their way at once: who drags the bar through a log passes by more than anybody wants to see. */
const MOST_ASKED = 2;
/** Longer lines are cut, and read whole when one looks at them. */
const CLIP = 2_000;
/** Between two changes of the page while lines come, in milliseconds. */
const FRAME_MS = 50;

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

export interface LogNow {
  /** How many rows there are: lines that are loud enough. Undefined before anything is known. */
  readonly count: number | undefined;
  /** How many lines there are. */
  readonly total: number;
  readonly isTailing: boolean;
  readonly error: unknown;
  /** Another number whenever anything changed. */
  readonly change: number;
}

interface OfLog {
  readonly run: string;
  readonly attempt: number;
  /** Quieter lines are left out. */
  readonly level: LogLevel;
}

/**
 * The log of an attempt, or those lines of it that are loud enough, of which only what is looked at is here: by pages, and by
 * places. The first page tells how long it is; what is written while one looks is appended.
 */
export class LogBook {
  readonly #of: OfLog;
  readonly #pages = new Map<number, LogLine[]>();
  readonly #asked = new Set<number>();
  /** The rows that are looked at. */
  #seen = { from: 0, to: 0 };
  /** The same, also where they could not be read and are not asked for again by themselves. */
  #wanted = { from: 0, to: 0 };
  /** The line that it was begun at. */
  #first: number | undefined;
  /** It was not read to its end: the first page, or what came after it, failed. */
  #isCutOff = false;
  /** How many rows there were when a page was read that had not all of its own. */
  readonly #shortAt = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  readonly #stopped = new AbortController();
  #now: LogNow = { count: undefined, total: 0, isTailing: false, error: null, change: 0 };
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(of: OfLog) {
    this.#of = of;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly now = (): LogNow => this.#now;

  /** Goes on where something could not be read: from the beginning, or with the rows that are looked at. */
  readonly retry = (): void => {
    if (this.#now.count === undefined || this.#isCutOff) {
      this.#set({ error: null });
      void this.start(this.#first);
      return;
    }
    this.#seen = this.#wanted;
    this.#set({ error: null });
  };

  /** Reads the page where one looks first, and then what comes until the attempt has ended. */
  async start(line: number | undefined): Promise<void> {
    const { signal } = this.#stopped;
    this.#first = line;
    this.#isCutOff = false;
    const { run, attempt, level } = this.#of;
    try {
      const place = line === undefined ? 0 : await this.placeOf(line);
      const page = await this.#read(Math.floor(place / PAGE));
      this.#set({ count: page.count, total: page.total, isTailing: page.writing });
      if (!page.writing) return;
      const least = LEVELS.indexOf(level);
      for await (const each of server.runs.log(run, attempt, { from: page.total, clip: CLIP, signal })) {
        this.#append(each, LEVELS.indexOf(each.level) >= least);
      }
      this.#set({ isTailing: false });
    } catch (error) {
      this.#isCutOff = true;
      if (!signal.aborted) this.#set({ error, isTailing: false });
    }
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#frame);
  }

  /** A line by its place, or undefined while it is on its way. */
  line(place: number): LogLine | undefined {
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  /** Says which rows are looked at: those that are not here are asked for. */
  look(from: number, to: number): void {
    this.#seen = { from, to };
    this.#wanted = this.#seen;
    this.#ask();
  }

  /** The place of a line among the rows: the first that is not before it. */
  async placeOf(line: number): Promise<number> {
    if (this.#of.level === "debug") return line;
    const { run, attempt, level } = this.#of;
    const query = { level, line, limit: 1, clip: 1 };
    const { signal } = this.#stopped;
    return (await server.call("readLog", { params: { run, attempt }, query }, { signal })).from;
  }

  async #read(page: number) {
    const { run, attempt, level } = this.#of;
    const query = { from: page * PAGE, limit: PAGE, clip: CLIP, ...(level === "debug" ? {} : { level }) };
    const { signal } = this.#stopped;
    const answer = await server.call("readLog", { params: { run, attempt }, query }, { signal });
    // Lines that came by the stream while the page was on its way are at its end.
    const known = this.#pages.get(page);
    const lines = [...answer.lines];
    if (known !== undefined) for (let at = lines.length; at < known.length; at += 1) lines[at] = known[at] as LogLine;
    this.#touch(page, lines);
    return answer;
  }

  #touch(page: number, lines: LogLine[]): void {
    this.#pages.delete(page);
    this.#pages.set(page, lines);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
  }

  /** Asks for the pages that are looked at now and are not here, or not all of them. */
  #ask(): void {
    const { from, to } = this.#seen;
    const count = this.#now.count ?? 0;
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, count); page += 1) {
      const kept = this.#pages.get(page);
      const length = Math.min(to, count, (page + 1) * PAGE) - page * PAGE;
      if (kept !== undefined && kept.length >= length) this.#touch(page, kept);
      // What the answer did not have is asked for again once there is more.
      else if (this.#asked.size < MOST_ASKED && !this.#asked.has(page) && this.#shortAt.get(page) !== count)
        void this.#take(page);
    }
  }

  async #take(page: number): Promise<void> {
    this.#asked.add(page);
    const before = this.#now.count ?? 0;
    try {
      const { lines } = await this.#read(page);
      if (page * PAGE + lines.length < before && lines.length < PAGE) this.#shortAt.set(page, before);
      else this.#shortAt.delete(page);
      this.#set({ error: null });
    } catch (error) {
      // Whoever looks on asks again: by scrolling.
      this.#seen = { from: 0, to: 0 };
      if (!this.#stopped.signal.aborted) this.#set({ error });
    } finally {
      this.#asked.delete(page);
      // Other rows may be looked at by now.
      this.#ask();
    }
  }

  #append(line: LogLine, isShown: boolean): void {
    const place = this.#now.count ?? 0;
    if (isShown) {
      const page = Math.floor(place / PAGE);
      const kept = this.#pages.get(page);
      if (kept?.length === place % PAGE) kept.push(line);
      else if (place % PAGE === 0) this.#touch(page, [line]);
    }
    this.#now = { ...this.#now, count: isShown ? place + 1 : place, total: line.number + 1 };
    // A thousand lines of one moment are one change of the page.
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      this.#set({});
    }, FRAME_MS);
  }

  #set(part: Partial<LogNow>): void {
    this.#now = { ...this.#now, ...part, change: this.#now.change + 1 };
    for (const listener of this.#listeners) listener();
    // Rows that are looked at may be new, though who looks has not moved.
    this.#ask();
  }
}
