import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { type DrawnItem, drawFar, drawFrame, drawItem, READABLE } from "./draw-graph.ts";
import { drawArms, drawLines } from "./draw-lines.ts";
import { type GraphScene, type Looks, looksOf, type Seen } from "./graph-scene.ts";
import { Minimap } from "./minimap.ts";
import type { Item } from "./picture.ts";

const MARGIN = 20;
const ZOOM = { least: 0.02, most: 2 } as const;
/** A graph of so few items begins where it can be read, if all of it would be too small. */
const FEW = 150;
const BEGIN = { fits: 0.5, scale: 0.8 } as const;

interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** What the pointer is on: an item, or the sign on it that opens and closes it. */
export interface Hit {
  readonly item: number;
  readonly isToggle: boolean;
}

/** Draws a graph, and knows what lies where. React only hands it what to show. */
export class GraphCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #minimap: Minimap;
  #scene: GraphScene;
  #looks: Looks;
  #colors: Colors = colorsNow();
  #size = { width: 0, height: 0 };
  #view: View = { x: 0, y: 0, scale: 1 };
  #hovered = -1;
  #frame = 0;
  /** A task that is to be seen once it is selected: what is around it may have to be opened first. */
  #wanted: string | undefined;
  /** Until somebody moves it, it shows all there is, whatever its size. */
  #isMoved = false;

  constructor(canvas: HTMLCanvasElement, minimap: HTMLCanvasElement, scene: GraphScene) {
    this.#canvas = canvas;
    this.#minimap = new Minimap(minimap);
    this.#scene = scene;
    this.#looks = looksOf(scene);
  }

  show(scene: GraphScene): void {
    const before = this.#scene;
    if (scene === before) return;
    this.#scene = scene;
    this.#looks = looksOf(scene);
    if (scene.picture !== before.picture && this.#isMoved) {
      this.#keepPlace(before);
      this.#panTo(scene.selected);
    }
    if (!this.#isMoved) this.#begin();
    this.#revealWanted();
    this.draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    if (!this.#isMoved) this.#begin();
    this.draw();
  }

  /** Shows all there is. */
  fit(): void {
    this.#isMoved = true;
    this.#fitNow();
    this.draw();
  }

  moveBy(x: number, y: number): void {
    this.#isMoved = true;
    this.#view = { ...this.#view, x: this.#view.x + x, y: this.#view.y + y };
    this.draw();
  }

  /** Larger or smaller, with what is under a point staying there. */
  zoomBy(factor: number, at = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#isMoved = true;
    const { x, y, scale } = this.#view;
    const next = Math.min(ZOOM.most, Math.max(ZOOM.least, scale * factor));
    this.#view = {
      scale: next,
      x: at.x - ((at.x - x) * next) / scale,
      y: at.y - ((at.y - y) * next) / scale,
    };
    this.draw();
  }

  /** Brings what a point of the small map shows into the middle. */
  moveTo(x: number, y: number): void {
    const point = this.#minimap.pointAt(x, y);
    if (point === undefined) return;
    const { scale } = this.#view;
    this.#isMoved = true;
    this.#view = { scale, x: this.#size.width / 2 - point.x * scale, y: this.#size.height / 2 - point.y * scale };
    this.draw();
  }

  /** What is at a point of the canvas: what is inside of a frame comes after it. */
  hitAt(x: number, y: number): Hit | undefined {
    const { items } = this.#scene.picture;
    const own = { x: (x - this.#view.x) / this.#view.scale, y: (y - this.#view.y) / this.#view.scale };
    const item = items.findLastIndex(
      (box) => own.x >= box.x && own.x <= box.x + box.width && own.y >= box.y && own.y <= box.y + box.height,
    );
    const box = items[item];
    if (box === undefined) return undefined;
    if (box.isOpen === true) {
      // Only the name of a frame is the frame: between what is in it, there is nothing.
      return own.y - box.y > 32 ? undefined : { item, isToggle: own.x - box.x < 26 };
    }
    return { item, isToggle: box.isOpen === false && own.x > box.x + box.width - 28 };
  }

  hover(hit: Hit | undefined): void {
    const item = hit?.item ?? -1;
    this.#canvas.style.cursor = item < 0 ? "" : "pointer";
    if (item === this.#hovered) return;
    this.#hovered = item;
    this.draw();
  }

  /** Moves as far as needed to see an item, and close enough to read it. */
  reveal(item: number): void {
    if (this.#scene.picture.items[item] === undefined) return;
    if (this.#view.scale < READABLE) this.zoomBy(BEGIN.scale / this.#view.scale);
    this.#panTo(item);
  }

  #panTo(item: number): void {
    const box = this.#scene.picture.items[item];
    if (box === undefined) return;
    const { x, y, scale } = this.#view;
    const [left, top] = [box.x * scale + x, box.y * scale + y];
    const outX = outside(left, left + box.width * scale, this.#size.width);
    const outY = outside(top, top + Math.min(box.height, 80) * scale, this.#size.height);
    if (outX !== 0 || outY !== 0) this.moveBy(-outX, -outY);
  }

  /** The same, as soon as a task is selected. */
  revealNext(id: string): void {
    this.#wanted = id;
    this.#revealWanted();
  }

  #revealWanted(): void {
    const { picture, nodes, selected } = this.#scene;
    if (this.#wanted === undefined || selected < 0) return;
    const shown = picture.itemOf[nodes.findIndex(({ id }) => id === this.#wanted)];
    if (shown !== selected) return;
    this.reveal(selected);
    if (picture.items[selected]?.isOpen === undefined) this.#wanted = undefined;
  }

  /** In the next frame, once. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
  }

  /** What is selected stays where it was when something is opened or closed. */
  #keepPlace({ picture, selected }: GraphScene): void {
    const old = picture.items[selected];
    const now = this.#scene.picture.items[this.#scene.selected];
    if (old === undefined || now === undefined) return;
    const { x, y, scale } = this.#view;
    this.#view = { scale, x: x + (old.x - now.x) * scale, y: y + (old.y - now.y) * scale };
  }

  #begin(): void {
    this.#fitNow();
    const { picture, critical } = this.#scene;
    // The way that decided how long a run took is asked for as a whole.
    const isWhole = picture.items.length > FEW || critical.length > 0;
    if (this.#view.scale >= BEGIN.fits || isWhole || this.#size.width === 0) return;
    const { scale } = BEGIN;
    const { width, height } = this.#scene.picture;
    const middle = this.#runningNow() ?? { x: 0, y: height / 2 };
    this.#view = {
      scale,
      x: alongside(this.#size.width, width * scale, middle.x * scale),
      y: alongside(this.#size.height, height * scale, middle.y * scale),
    };
    const wanted = this.#scene.selected >= 0 ? this.#scene.selected : this.#worst();
    if (wanted >= 0) {
      this.reveal(wanted);
      this.#isMoved = false;
    }
  }

  /** What failed is what one comes for. */
  #worst(): number {
    const { summaries, picture } = this.#scene;
    return summaries?.findIndex(({ state }, at) => state === "failed" && picture.items[at]?.isOpen !== true) ?? -1;
  }

  /** Where work is done: of tasks that run, the one that is nearest to the beginning. */
  #runningNow(): { readonly x: number; readonly y: number } | undefined {
    const { picture, summaries } = this.#scene;
    const running = picture.items.filter((box, at) => box.isOpen !== true && summaries?.[at]?.state === "running");
    const [first, ...others] = running;
    if (first === undefined) return undefined;
    const box = others.reduce((best, each) => (each.x < best.x ? each : best), first);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  #fitNow(): void {
    const { width, height } = this.#size;
    const { width: wide, height: high } = this.#scene.picture;
    const scale = Math.min(1, (width - 2 * MARGIN) / Math.max(1, wide), (height - 2 * MARGIN) / Math.max(1, high));
    const own = Math.max(ZOOM.least, scale);
    this.#view = { scale: own, x: Math.max(MARGIN, (width - wide * own) / 2), y: (height - high * own) / 2 };
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null || width === 0) return;
    const { x, y, scale } = this.#view;
    const { picture, nodes } = this.#scene;
    const seen = { left: -x / scale, top: -y / scale, right: (width - x) / scale, bottom: (height - y) / scale };
    context.clearRect(0, 0, width, height);
    context.save();
    context.translate(x, y);
    context.scale(scale, scale);
    const drawing = { context, colors: this.#colors, scale };
    const drawn = picture.items.flatMap((item, at) => (isOut(item, seen) ? [] : [this.#drawnOf(item, at)]));
    for (const item of drawn) if (item.isOpen === true) drawFrame(drawing, item);
    drawLines(drawing, { lines: picture.lines, lookOf: (_, at) => this.#looks.ofLine[at] ?? "plain", seen });
    const boxes = drawn.filter(({ isOpen }) => isOpen !== true);
    if (scale < READABLE / 2) drawFar(drawing, boxes);
    for (const item of boxes) {
      const isMarked = item.isSelected || item.isHovered || item.isCritical;
      if (scale < READABLE / 2 && !isMarked) continue;
      context.globalAlpha = item.look === "dim" ? 0.35 : 1;
      drawItem(drawing, item);
    }
    context.globalAlpha = 1;
    drawArms(drawing, picture.lines);
    context.restore();
    this.#minimap.draw({ scene: this.#scene, colors: this.#colors, seen });
    const frame = this.#canvas.parentElement;
    if (frame !== null && frame.dataset["drawn"] !== String(nodes.length)) {
      frame.dataset["drawn"] = String(nodes.length);
      performance.mark("graph drawn");
    }
  }

  #drawnOf(item: Item, at: number): DrawnItem {
    const { summaries, nodes, selected } = this.#scene;
    return {
      ...item,
      summary: summaries?.[at],
      taskKind: nodes[item.members[0] ?? -1]?.taskKind ?? null,
      look: this.#looks.isDim(at) ? "dim" : "plain",
      isSelected: at === selected,
      isHovered: at === this.#hovered,
      isCritical: this.#looks.isCritical(at),
    };
  }
}

function isOut({ x, y, width, height }: Item, { left, top, right, bottom }: Seen): boolean {
  return x > right || y > bottom || x + width < left || y + height < top;
}

/** How far a stretch lies outside of what is seen; 0 where it does not. */
function outside(from: number, to: number, size: number): number {
  if (from < MARGIN) return from - MARGIN;
  return to > size - MARGIN ? to - size + MARGIN : 0;
}

/** Where something begins that is shown around a point of it: in the middle if there is room for all, never beyond its ends. */
function alongside(room: number, long: number, point: number): number {
  if (long <= room) return (room - long) / 2;
  return Math.min(MARGIN, Math.max(room - long - MARGIN, room / 2 - point));
}
