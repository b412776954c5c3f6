import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { LOOKS } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { columnLabels } from "./column-labels.ts";
import { drawCell, FONT } from "./draw-cell.ts";
import { type Cell, type GridScene, tookMs } from "./grid-scene.ts";

const ROW = 18;
const COLUMN = { least: 16, most: 30 } as const;
/** Bars, and below them the instants of some runs. */
const HEAD = 66;
const BARS = { top: 8, height: 32 } as const;
const LABEL = { wide: 200, narrow: 112 } as const;
const GAP = 2;
const EDGE = 10;
/** How much of the accent lies over the row and the column of what is pointed at. */
const CROSS = 0.13;

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly label: number;
  readonly column: number;
  /** Columns and rows that are seen, from and to. */
  readonly columns: readonly [number, number];
  readonly rows: readonly [number, number];
}

/**
 * Runs from left to right, the newest last, and tasks from top to bottom. Drawn as far as it is seen, and never by React:
 * what the pointer is over changes a few pixels and no component.
 */
export class GridCanvas {
  readonly #canvas: HTMLCanvasElement;
  #scene: GridScene;
  #labels: readonly (string | undefined)[] = [];
  #colors: Colors = colorsNow();
  #size = { width: 0, height: 0 };
  #scroll = { x: 0, y: 0 };
  #current: Cell | undefined;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, scene: GridScene) {
    this.#canvas = canvas;
    this.#scene = scene;
  }

  /** How high it is, and how wide it would like to be. */
  static sizeOf({ grid, rows }: GridScene): { height: number; likes: number } {
    return {
      likes: LABEL.wide + grid.runs.length * COLUMN.most + EDGE,
      height: HEAD + Math.max(1, rows.length) * ROW + 6,
    };
  }

  show(scene: GridScene): void {
    this.#scene = scene;
    this.#labels = [];
    this.draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    this.#labels = [];
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
    const label = this.#label;
    const column = Math.floor((x - label + this.#scroll.x) / this.#column);
    const run = this.#scene.grid.runs.length - 1 - column;
    if (x < label || run < 0 || column < 0) return undefined;
    if (y < HEAD) return { run, task: -1 };
    const task = this.#scene.rows[Math.floor((y - HEAD + this.#scroll.y) / ROW)];
    return task === undefined ? undefined : { run, task };
  }

  /** Where a cell lies on the canvas, and how far it would have to be scrolled to be seen as a whole. */
  placeOf({ run, task }: Cell): { x: number; y: number; outX: number; outY: number } {
    const column = this.#column;
    const x = this.#label + (this.#scene.grid.runs.length - 1 - run) * column - this.#scroll.x;
    const row = this.#scene.rows.indexOf(task);
    const y = row < 0 ? HEAD - ROW : HEAD + row * ROW - this.#scroll.y;
    return {
      x,
      y,
      outX: outside(x, { size: column, from: this.#label, to: this.#size.width - EDGE }),
      outY: row < 0 ? 0 : outside(y, { size: ROW, from: HEAD, to: this.#size.height - 4 }),
    };
  }

  /** How wide it is as a whole, in the room that it has. */
  get width(): number {
    return this.#label + this.#scene.grid.runs.length * this.#column + EDGE;
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

  get #label(): number {
    return this.#size.width < 500 ? LABEL.narrow : LABEL.wide;
  }

  /** Few runs have wide columns. */
  get #column(): number {
    const each = Math.floor((this.#size.width - this.#label - EDGE) / Math.max(1, this.#scene.grid.runs.length));
    return Math.min(COLUMN.most, Math.max(COLUMN.least, each));
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null || width === 0) return;
    context.clearRect(0, 0, width, height);
    const { grid, rows } = this.#scene;
    const [label, column] = [this.#label, this.#column];
    const drawing: Drawing = {
      context,
      label,
      column,
      columns: [
        Math.max(0, Math.floor(this.#scroll.x / column)),
        Math.min(grid.runs.length, Math.ceil((this.#scroll.x + width - label) / column)),
      ],
      rows: [
        Math.max(0, Math.floor(this.#scroll.y / ROW)),
        Math.min(rows.length, Math.ceil((this.#scroll.y + height - HEAD) / ROW)),
      ],
    };
    clipped(context, { x: label, y: HEAD, width: width - label, height }, () => this.#drawCells(drawing));
    this.#drawCross(drawing);
    clipped(context, { x: label, y: 0, width: width - label, height }, () => {
      this.#drawHead(drawing);
      this.#drawMarks(drawing);
    });
    this.#drawLabels(drawing);
    this.#canvas.dataset["drawn"] = String(grid.runs.length * rows.length);
  }

  /** The row and the column of what is pointed at. */
  #drawCross({ context, label, column }: Drawing): void {
    const { width, height } = this.#size;
    if (this.#current === undefined) return;
    const { x, y } = this.placeOf(this.#current);
    context.fillStyle = this.#colors.accent;
    context.globalAlpha = CROSS;
    if (this.#current.task >= 0)
      clipped(context, { x: 0, y: HEAD, width, height }, () => context.fillRect(0, y - 1, width, ROW));
    clipped(context, { x: label, y: 0, width, height }, () => context.fillRect(x - 1, 0, column, height));
    context.globalAlpha = 1;
  }

  #drawCells({ context, label, column, columns, rows }: Drawing): void {
    const { grid } = this.#scene;
    for (let at = columns[0]; at < columns[1]; at += 1) {
      const cells = grid.runs[grid.runs.length - 1 - at]?.cells ?? "";
      const x = label + at * column - this.#scroll.x;
      for (let row = rows[0]; row < rows[1]; row += 1) {
        const y = HEAD + row * ROW - this.#scroll.y;
        const letter = cells[this.#scene.rows[row] ?? -1] ?? ".";
        drawCell(context, this.#colors, { x, y, width: column - GAP, height: ROW - GAP, letter });
      }
    }
  }

  /** A bar for each run: how long it took. Below, when some of them were made. */
  #drawHead({ context, label, column, columns }: Drawing): void {
    const { runs } = this.#scene.grid;
    const longest = Math.max(1, ...runs.map(tookMs));
    const bottom = BARS.top + BARS.height;
    if (this.#labels.length === 0) this.#labels = columnLabels(this.#scene, column);
    context.font = FONT;
    context.textBaseline = "middle";
    for (let at = columns[0]; at < columns[1]; at += 1) {
      const run = runs[runs.length - 1 - at];
      if (run === undefined) continue;
      const x = label + at * column - this.#scroll.x;
      const high = Math.max(3, (tookMs(run) / longest) * BARS.height);
      context.fillStyle = this.#colors[LOOKS[run.state].tone];
      context.beginPath();
      context.roundRect(x + 2, bottom - high, column - GAP - 4, high, [2, 2, 0, 0]);
      context.fill();
    }
    context.fillStyle = this.#colors.line;
    context.fillRect(label, bottom, this.#size.width, 1);
    // A label begins left of what is seen, and reaches into it.
    for (let at = Math.max(0, columns[0] - 8); at < columns[1]; at += 1) {
      const text = this.#labels[at];
      if (text === undefined) continue;
      const x = label + at * column - this.#scroll.x;
      context.fillStyle = this.#colors.line;
      context.fillRect(x, bottom, 1, 6);
      context.fillStyle = this.#colors["ink-3"];
      context.fillText(text, x + 4, bottom + 14);
    }
  }

  /** What is pointed at, and what is selected: around the cell, or around the whole run. */
  #drawMarks({ context, column }: Drawing): void {
    const { selected } = this.#scene;
    for (const [cell, width] of [
      [this.#current, 1.5],
      [selected, 2],
    ] as const) {
      if (cell === undefined || (cell.task >= 0 && !this.#scene.rows.includes(cell.task))) continue;
      const { x, y } = this.placeOf(cell);
      if (cell.task >= 0 && y < HEAD - ROW / 2) continue;
      context.strokeStyle = this.#colors.accent;
      context.lineWidth = width;
      context.beginPath();
      if (cell.task >= 0) context.roundRect(x - 1, y - 1, column, ROW, 4);
      else context.roundRect(x - 1, 3, column, this.#size.height - 6, 4);
      context.stroke();
    }
  }

  #drawLabels({ context, label, rows: [first, last] }: Drawing): void {
    const { grid, rows, maps } = this.#scene;
    context.font = FONT;
    context.textBaseline = "middle";
    context.fillStyle = this.#colors["ink-3"];
    const longest = grid.runs.reduce((most, run) => Math.max(most, tookMs(run)), 0);
    context.textAlign = "right";
    if (longest > 0) context.fillText(durationText(longest), label - 10, BARS.top + 5);
    context.textAlign = "left";
    for (let row = first; row < last; row += 1) {
      const id = grid.tasks[rows[row] ?? -1] ?? "";
      const y = HEAD + row * ROW - this.#scroll.y;
      const isMap = maps.has(id);
      clipped(context, { x: 0, y: HEAD - 1, width: label - (isMap ? 44 : 10), height: this.#size.height }, () => {
        context.fillStyle = this.#current?.task === rows[row] ? this.#colors.accent : this.#colors["ink-2"];
        context.fillText(id.replaceAll("[]", ""), 12, y + ROW / 2 - 1);
      });
      if (!isMap) continue;
      clipped(context, { x: 0, y: HEAD - 1, width: label, height: this.#size.height }, () => {
        context.fillStyle = this.#colors["ink-3"];
        context.textAlign = "right";
        context.fillText("items", label - 10, y + ROW / 2 - 1);
        context.textAlign = "left";
      });
    }
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function clipped(context: CanvasRenderingContext2D, { x, y, width, height }: Box, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}

function outside(at: number, { size, from, to }: { size: number; from: number; to: number }): number {
  if (at < from) return at - from;
  return at + size > to ? at + size - to : 0;
}
