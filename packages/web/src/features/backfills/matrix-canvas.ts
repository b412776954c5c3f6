import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { LOOKS } from "../../ui/states.ts";
import type { MatrixLayout } from "./matrix-layout.ts";

/** Of a matrix with two dimensions: room for the names of its rows and of its columns. */
const GUTTER = 104;
const HEADER = 20;
/** Between two names of columns there are at least so many pixels. */
const NAME_STEP = 84;

export interface MatrixView {
  readonly layout: MatrixLayout;
  readonly pitch: number;
}

/** Large cells where there is room for them. */
export function pitchOf(cells: number): number {
  return cells > 20_000 ? 8 : cells > 2_000 ? 11 : 18;
}

export function sizeOf({ layout, pitch }: MatrixView): { readonly width: number; readonly height: number } {
  const { left, top } = edgesOf(layout);
  return { width: left + layout.columns * pitch, height: top + layout.rows * pitch };
}

function edgesOf({ names }: MatrixLayout): { readonly left: number; readonly top: number } {
  return names === undefined ? { left: 0, top: 0 } : { left: GUTTER, top: HEADER };
}

/** Draws the part of a matrix that is seen, and knows which cell is where. */
export class MatrixCanvas {
  readonly #canvas: HTMLCanvasElement;
  #view: MatrixView;
  #colors: Colors = colorsNow();
  #size = { width: 0, height: 0 };
  #scroll = { left: 0, top: 0 };
  #pointed: number | undefined;
  #frame: number | undefined;

  constructor(canvas: HTMLCanvasElement, view: MatrixView) {
    this.#canvas = canvas;
    this.#view = view;
  }

  show(view: MatrixView): void {
    this.#view = view;
    this.#draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.#draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    this.#draw();
  }

  scrollTo(left: number, top: number): void {
    this.#scroll = { left, top };
    this.#draw();
  }

  point(place: number | undefined): void {
    if (place === this.#pointed) return;
    this.#pointed = place;
    this.#draw();
  }

  end(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  /** The place under the pointer, where there is a cell. */
  placeAt(x: number, y: number): number | undefined {
    const { layout, pitch } = this.#view;
    const { left, top } = edgesOf(layout);
    if (x < left || y < top) return undefined;
    const column = Math.floor((x - left + this.#scroll.left) / pitch);
    const row = Math.floor((y - top + this.#scroll.top) / pitch);
    const place = row * layout.columns + column;
    return column < layout.columns && layout.cells[place] !== undefined ? place : undefined;
  }

  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null) return;
    context.clearRect(0, 0, width, height);
    const { layout, pitch } = this.#view;
    const { left, top } = edgesOf(layout);
    const firstRow = Math.floor(this.#scroll.top / pitch);
    const endRow = Math.min(layout.rows, Math.ceil((this.#scroll.top + height - top) / pitch));
    const firstColumn = Math.floor(this.#scroll.left / pitch);
    const endColumn = Math.min(layout.columns, Math.ceil((this.#scroll.left + width - left) / pitch));
    for (let row = firstRow; row < endRow; row += 1) {
      for (let column = firstColumn; column < endColumn; column += 1) {
        const x = left + column * pitch - this.#scroll.left;
        const y = top + row * pitch - this.#scroll.top;
        this.#drawCell(context, row * layout.columns + column, { x, y });
      }
    }
    this.#drawNames(context, { firstRow, endRow, firstColumn, endColumn });
  }

  #drawCell(
    context: CanvasRenderingContext2D,
    place: number,
    { x, y }: { readonly x: number; readonly y: number },
  ): void {
    const { layout, pitch } = this.#view;
    const cell = layout.cells[place];
    const side = pitch - 2;
    if (cell === undefined) {
      context.fillStyle = this.#colors.sunken;
      context.fillRect(x, y, side, side);
      return;
    }
    const { tone } = LOOKS[cell.run.state];
    context.fillStyle = tone === "success" ? this.#colors["success-soft"] : this.#colors[tone];
    context.fillRect(x, y, side, side);
    context.strokeStyle = tone === "success" ? this.#colors.success : this.#colors.surface;
    context.lineWidth = 1.5;
    this.#drawMark(context, cell.run.state, { x, y });
    if (place !== this.#pointed) return;
    context.strokeStyle = this.#colors.ink;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, side + 2, side + 2);
  }

  /** What tells states apart besides their colour: a cross failed, a ring runs, a bar was cancelled, a dot waits. */
  #drawMark(
    context: CanvasRenderingContext2D,
    state: "queued" | "running" | "success" | "failed" | "cancelled",
    { x, y }: { readonly x: number; readonly y: number },
  ): void {
    const side = this.#view.pitch - 2;
    const [near, far, middle] = [side * 0.28, side * 0.72, side / 2];
    context.beginPath();
    if (state === "success" && side >= 12) {
      context.moveTo(x + near, y + middle);
      context.lineTo(x + side * 0.43, y + far);
      context.lineTo(x + far, y + near);
    } else if (state === "success") {
      // Too small for a tick.
      context.rect(x + middle - 0.5, y + middle - 0.5, 1, 1);
    } else if (state === "failed") {
      context.moveTo(x + near, y + near);
      context.lineTo(x + far, y + far);
      context.moveTo(x + far, y + near);
      context.lineTo(x + near, y + far);
    } else if (state === "running") context.arc(x + middle, y + middle, side * 0.25, 0, 2 * Math.PI);
    else if (state === "cancelled") {
      context.moveTo(x + near, y + middle);
      context.lineTo(x + far, y + middle);
    } else if (state === "queued") context.arc(x + middle, y + middle, 1, 0, 2 * Math.PI);
    context.stroke();
  }

  #drawNames(
    context: CanvasRenderingContext2D,
    seen: {
      readonly firstRow: number;
      readonly endRow: number;
      readonly firstColumn: number;
      readonly endColumn: number;
    },
  ): void {
    const { layout, pitch } = this.#view;
    const { names } = layout;
    if (names === undefined) return;
    const { left, top } = edgesOf(layout);
    const { width, height } = this.#size;
    context.fillStyle = this.#colors.surface;
    context.fillRect(0, 0, left - 4, height);
    context.fillRect(0, 0, width, top - 4);
    context.font = `11px ${getComputedStyle(this.#canvas).fontFamily}`;
    context.textBaseline = "middle";
    context.fillStyle = this.#colors["ink-2"];
    for (let row = seen.firstRow; row < seen.endRow; row += 1) {
      const y = top + row * pitch - this.#scroll.top;
      if (y >= top - 4) context.fillText(names.rows[row] ?? "", 0, y + (pitch - 2) / 2, left - 12);
    }
    const every = Math.ceil(NAME_STEP / pitch);
    for (let column = seen.firstColumn; column < seen.endColumn; column += 1) {
      if (column % every !== 0) continue;
      const x = left + column * pitch - this.#scroll.left;
      if (x >= left) context.fillText(names.columns[column] ?? "", x, top / 2 - 2, NAME_STEP - 8);
    }
  }
}
