import type { RouteOutput } from "@millrace/contract";
import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { LOOKS, type Tone } from "../../ui/states.ts";
import { stateOfLetter } from "./letters.ts";

export type Grid = RouteOutput<"getFlowGrid">;

/** A place in the grid: -1 as its task is the run as a whole. */
export interface Cell {
  readonly run: number;
  readonly task: number;
}

const SIZE = 16;
const HEAD = 44;
const LABEL = { wide: 184, narrow: 104 } as const;
const GAP = 2;
const FONT = '11.5px "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif';

/**
 * Runs from left to right, the newest last, and tasks from top to bottom. Drawn as far as it is seen, and never by React:
 * what the pointer is over changes a few pixels and no component.
 */
export class GridCanvas {
  readonly #canvas: HTMLCanvasElement;
  #grid: Grid;
  #colors: Colors = colorsNow();
  #size = { width: 0, height: 0 };
  #scroll = { x: 0, y: 0 };
  #current: Cell | undefined;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, grid: Grid) {
    this.#canvas = canvas;
    this.#grid = grid;
  }

  /** How large it is as a whole. */
  static sizeOf({ runs, tasks }: Grid, width: number): { width: number; height: number } {
    return { width: labelWidth(width) + runs.length * SIZE + 8, height: HEAD + tasks.length * SIZE + 6 };
  }

  show(grid: Grid): void {
    this.#grid = grid;
    this.draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    this.draw();
  }

  scrollTo(x: number, y: number): void {
    this.#scroll = { x, y };
    this.draw();
  }

  point(cell: Cell | undefined): void {
    if (cell?.run === this.#current?.run && cell?.task === this.#current?.task) return;
    this.#current = cell;
    this.draw();
  }

  /** What lies at a point of the canvas. */
  cellAt(x: number, y: number): Cell | undefined {
    const column = Math.floor((x - labelWidth(this.#size.width) + this.#scroll.x) / SIZE);
    const task = y < HEAD ? -1 : Math.floor((y - HEAD + this.#scroll.y) / SIZE);
    const run = this.#grid.runs.length - 1 - column;
    if (x < labelWidth(this.#size.width) || run < 0 || column < 0 || task >= this.#grid.tasks.length) return undefined;
    return { run, task };
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
  }

  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null) return;
    context.clearRect(0, 0, width, height);
    const label = labelWidth(width);
    context.save();
    context.beginPath();
    context.rect(label, 0, width - label, height);
    context.clip();
    this.#drawCells(context, label);
    this.#drawHead(context, label);
    context.restore();
    this.#drawLabels(context, label);
  }

  #drawCells(context: CanvasRenderingContext2D, label: number): void {
    const { runs, tasks } = this.#grid;
    const { width, height } = this.#size;
    const first = Math.max(0, Math.floor(this.#scroll.x / SIZE));
    const last = Math.min(runs.length, Math.ceil((this.#scroll.x + width - label) / SIZE));
    const top = Math.max(0, Math.floor(this.#scroll.y / SIZE));
    const bottom = Math.min(tasks.length, Math.ceil((this.#scroll.y + height - HEAD) / SIZE));
    for (let column = first; column < last; column += 1) {
      const place = runs.length - 1 - column;
      const x = label + column * SIZE - this.#scroll.x;
      for (let task = top; task < bottom; task += 1) {
        const y = HEAD + task * SIZE - this.#scroll.y;
        const letter = runs[place]?.cells[task] ?? ".";
        this.#drawCell(context, { x, y, letter });
      }
    }
    const { run = -1, task = -2 } = this.#current ?? {};
    if (run < 0 || task < -1) return;
    const x = label + (runs.length - 1 - run) * SIZE - this.#scroll.x;
    context.strokeStyle = this.#colors.accent;
    context.lineWidth = 2;
    if (task >= 0) context.strokeRect(x, HEAD + task * SIZE - this.#scroll.y, SIZE - GAP, SIZE - GAP);
    else context.strokeRect(x, 2, SIZE - GAP, height - 4);
  }

  /** A full box is good, running or failed; a mark within says which to those who do not tell the colours apart. */
  #drawCell(
    context: CanvasRenderingContext2D,
    { x, y, letter }: { readonly x: number; readonly y: number; readonly letter: string },
  ): void {
    const state = stateOfLetter(letter);
    const tone: Tone = LOOKS[state].tone;
    const size = SIZE - GAP;
    context.beginPath();
    context.roundRect(x, y, size, size, 3);
    const isFull = tone !== "idle" && tone !== "blocked";
    context.fillStyle =
      state === "none" ? this.#colors.sunken : isFull ? this.#colors[tone] : this.#colors[`${tone}-soft`];
    context.fill();
    if (state === "none") return;
    if (!isFull) {
      context.lineWidth = 1;
      context.strokeStyle = this.#colors[tone];
      context.stroke();
    }
    if (tone === "failed" || tone === "blocked" || state === "cancelled") {
      context.beginPath();
      if (tone === "failed") {
        context.moveTo(x + 4, y + 4);
        context.lineTo(x + size - 4, y + size - 4);
        context.moveTo(x + size - 4, y + 4);
      }
      context.lineTo(x + 4, y + size - 4);
      if (tone !== "failed") context.lineTo(x + size - 4, y + 4);
      context.lineWidth = 1.6;
      context.strokeStyle = tone === "failed" ? this.#colors.surface : this.#colors[tone];
      context.stroke();
    }
  }

  /** A bar for each run: how long it took. */
  #drawHead(context: CanvasRenderingContext2D, label: number): void {
    const { runs } = this.#grid;
    context.clearRect(label, 0, this.#size.width, HEAD - 2);
    const longest = Math.max(1, ...runs.map(tookMs));
    for (const [place, run] of runs.entries()) {
      const x = label + (runs.length - 1 - place) * SIZE - this.#scroll.x;
      if (x < label - SIZE || x > this.#size.width) continue;
      const room = HEAD - 14;
      const high = Math.max(3, (tookMs(run) / longest) * room);
      context.fillStyle = this.#colors[LOOKS[run.state].tone];
      context.beginPath();
      context.roundRect(x + 2, HEAD - 8 - high, SIZE - GAP - 4, high, [3, 3, 1, 1]);
      context.fill();
    }
    context.fillStyle = this.#colors.line;
    context.fillRect(label, HEAD - 6, this.#size.width, 1);
  }

  #drawLabels(context: CanvasRenderingContext2D, label: number): void {
    context.font = FONT;
    context.textBaseline = "middle";
    context.save();
    context.beginPath();
    context.rect(0, HEAD - 2, label - 8, this.#size.height);
    context.clip();
    const top = Math.max(0, Math.floor(this.#scroll.y / SIZE));
    const bottom = Math.min(this.#grid.tasks.length, top + Math.ceil(this.#size.height / SIZE) + 1);
    for (let task = top; task < bottom; task += 1) {
      const isCurrent = this.#current?.task === task;
      context.fillStyle = isCurrent ? this.#colors.accent : this.#colors["ink-2"];
      context.fillText(this.#grid.tasks[task] ?? "", 12, HEAD + task * SIZE - this.#scroll.y + SIZE / 2 - 1);
    }
    context.restore();
  }
}

function labelWidth(width: number): number {
  return width < 500 ? LABEL.narrow : LABEL.wide;
}

export function tookMs({ startedAt, endedAt }: Grid["runs"][number]): number {
  if (startedAt === null) return 0;
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}
