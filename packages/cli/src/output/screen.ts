import { cutToWidth, textWidth } from "./text-width.ts";

/** What a screen needs of a terminal. */
export interface ScreenStream {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const ESC = "\u001b[";
/** Synchronized output: terminals that know it show the whole frame at once, others ignore it. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_LINE_END = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** At most 20 frames a second: faster only costs processor time that tasks could use. */
const FRAME_MS = 50;
/** And however large the tree, painting takes no more than this share of the time. */
const MOST_SHARE = 0.05;
/** Durations on screen go on while nothing happens. */
const TICK_MS = 200;

/**
 * A block of lines at the end of a terminal's output that is painted again and again. What is written above it scrolls
 * away as usual. Nothing is painted that did not change, lines never wrap, and after a resize the block's old lines,
 * which the terminal has wrapped anew, are counted before they are painted over.
 */
export class Screen {
  readonly #stream: ScreenStream;
  readonly #render: (size: { columns: number; rows: number }) => readonly string[];
  readonly #onResize = (): void => this.#paint();
  #painted: readonly string[] = [];
  #above: string[] = [];
  #frame: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #nextPaintMs = 0;

  constructor(stream: ScreenStream, render: (size: { columns: number; rows: number }) => readonly string[]) {
    this.#stream = stream;
    this.#render = render;
  }

  start(): void {
    if (this.#tick !== undefined) return;
    this.#stream.write(HIDE_CURSOR);
    this.#stream.on("resize", this.#onResize);
    this.#tick = setInterval(() => this.refresh(), TICK_MS);
    this.#paint();
  }

  /** Something has changed: paint soon. */
  refresh(): void {
    if (this.#frame !== undefined || this.#tick === undefined) return;
    const wait = Math.max(0, this.#nextPaintMs - performance.now());
    this.#frame = setTimeout(() => this.#paint(), wait);
  }

  /** Lines that stay, above the block. */
  writeAbove(lines: readonly string[]): void {
    if (this.#tick === undefined) {
      this.#stream.write(lines.map((line) => `${line}\n`).join(""));
      return;
    }
    this.#above.push(...lines);
    this.refresh();
  }

  /** Paints a last time and leaves the block on the screen. Twice is fine. */
  stop(): void {
    if (this.#tick === undefined) return;
    this.#paint();
    clearInterval(this.#tick);
    this.#tick = undefined;
    this.#stream.off("resize", this.#onResize);
    this.#stream.write(SHOW_CURSOR);
    this.#painted = [];
  }

  #paint(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    const startedMs = performance.now();
    const { columns, rows } = this.#stream;
    // One row is left free: a block as high as the terminal would scroll with each paint.
    const lines = this.#render({ columns, rows }).slice(0, Math.max(1, rows - 1));
    const cut = lines.map((line) => cutToWidth(line, columns));
    this.#nextPaintMs = startedMs + Math.max(FRAME_MS, (performance.now() - startedMs) / MOST_SHARE);
    if (this.#above.length === 0 && sameLines(cut, this.#painted)) return;
    const above = this.#above.splice(0).map((line) => `${line}${CLEAR_LINE_END}\n`);
    const block = cut.map((line) => `${line}${CLEAR_LINE_END}\n`);
    this.#stream.write(`${BEGIN}${this.#goUp(columns)}${above.join("")}${block.join("")}${CLEAR_BELOW}${END}`);
    this.#painted = cut;
  }

  /** To the first row of what was painted last. A line wider than the terminal has become takes several rows. */
  #goUp(columns: number): string {
    let height = 0;
    for (const line of this.#painted) height += Math.max(1, Math.ceil(textWidth(line) / Math.max(1, columns)));
    return height === 0 ? "\r" : `\r${ESC}${height}A`;
  }
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
