import { server } from "../../api/server.ts";
import type { LogLine } from "../../api/shapes.ts";

/** Lines that are read at once, and kept together. */
const PAGE = 1_000;
/** Pages that are kept: what was seen longest ago goes first. */
const MOST_PAGES = 80;

export interface LogNow {
  /** How many lines there are, as far as is known; undefined before anything is. */
  readonly count: number | undefined;
  readonly isTailing: boolean;
  readonly error: unknown;
  /** Another object whenever anything changed. */
  readonly change: number;
}

/**
 * The log of an attempt, of which only what is looked at is here. Its length is found by asking for lines farther and
 * farther out; what is written while one looks is appended.
 */
export class LogBook {
  readonly #run: string;
  readonly #attempt: number;
  readonly #pages = new Map<number, LogLine[]>();
  readonly #asked = new Set<number>();
  /** Lines that came while their page was on its way, or before anybody looked at it. */
  readonly #fresh = new Map<number, LogLine>();
  readonly #listeners = new Set<() => void>();
  readonly #stopped = new AbortController();
  #now: LogNow = { count: undefined, isTailing: false, error: null, change: 0 };
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(run: string, attempt: number) {
    this.#run = run;
    this.#attempt = attempt;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly now = (): LogNow => this.#now;

  /** Reads what there is, and then what comes until the attempt has ended. */
  async start(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      const { count, isOver } = await this.#measure();
      this.#set({ count, isTailing: !isOver });
      if (isOver) return;
      for await (const line of server.runs.log(this.#run, this.#attempt, { from: count, signal })) this.#append(line);
      this.#set({ isTailing: false });
    } catch (error) {
      if (!signal.aborted) this.#set({ error, isTailing: false });
    }
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#frame);
  }

  /** A line, or undefined while it is on its way. */
  line(number: number): LogLine | undefined {
    const place = Math.floor(number / PAGE);
    const line = this.#pages.get(place)?.[number % PAGE] ?? this.#fresh.get(number);
    if (line === undefined) this.#ask(place);
    return line;
  }

  /** How many lines there are: twice as far until there are none, and then by halves. */
  async #measure(): Promise<{ count: number; isOver: boolean }> {
    const first = await this.#read(0, PAGE);
    this.#pages.set(0, [...first.lines]);
    if (first.lines.length < PAGE) return { count: first.lines.length, isOver: first.ended };
    let [here, beyond] = [PAGE - 1, 2 * PAGE];
    while ((await this.#read(beyond, 1)).lines.length > 0) [here, beyond] = [beyond, beyond * 2];
    while (beyond - here > 1) {
      const middle = Math.floor((here + beyond) / 2);
      if ((await this.#read(middle, 1)).lines.length > 0) here = middle;
      else beyond = middle;
    }
    return { count: beyond, isOver: (await this.#read(beyond, 1)).ended };
  }

  #read(from: number, limit: number) {
    const params = { run: this.#run, attempt: this.#attempt };
    return server.call("readLog", { params, query: { from, limit } }, { signal: this.#stopped.signal });
  }

  #ask(place: number): void {
    if (this.#asked.has(place)) return;
    this.#asked.add(place);
    const take = async (): Promise<void> => {
      try {
        this.#keep(place, [...(await this.#read(place * PAGE, PAGE)).lines]);
        this.#set({ error: null });
      } catch (error) {
        if (!this.#stopped.signal.aborted) this.#set({ error });
      } finally {
        this.#asked.delete(place);
      }
    };
    void take();
  }

  #keep(place: number, lines: LogLine[]): void {
    for (const [number, line] of this.#fresh) {
      if (Math.floor(number / PAGE) !== place) continue;
      lines[number % PAGE] = line;
      this.#fresh.delete(number);
    }
    this.#pages.delete(place);
    this.#pages.set(place, lines);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
  }

  #append(line: LogLine): void {
    const place = Math.floor(line.number / PAGE);
    const page = this.#pages.get(place);
    if (page !== undefined) page[line.number % PAGE] = line;
    else if (line.number % PAGE === 0) this.#keep(place, [line]);
    else this.#fresh.set(line.number, line);
    // Of a log that is written faster than it is looked at only the end matters.
    const [oldest] = this.#fresh.keys();
    if (this.#fresh.size > 2 * PAGE && oldest !== undefined) this.#fresh.delete(oldest);
    this.#now = { ...this.#now, count: line.number + 1 };
    // A thousand lines of one moment are one change of the page.
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      this.#set({});
    }, 50);
  }

  #set(part: Partial<LogNow>): void {
    this.#now = { ...this.#now, ...part, change: this.#now.change + 1 };
    for (const listener of this.#listeners) listener();
  }
}
