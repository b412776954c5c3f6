import { type Colors, sizedContext } from "../../ui/canvas-colors.ts";
import { LOOKS } from "../../ui/states.ts";
import type { GraphScene, Seen } from "./graph-scene.ts";

const MOST = { width: 168, height: 96 } as const;
const MARGIN = 6;

interface MinimapScene {
  readonly scene: GraphScene;
  readonly colors: Colors;
  readonly seen: Seen;
}

/** All of a graph, small, with the part that is seen; there only where that is not all of it. */
export class Minimap {
  readonly #canvas: HTMLCanvasElement;
  /** The graph as it was drawn last: while one moves in it, only the window changes. */
  readonly #kept = document.createElement("canvas");
  #of: readonly unknown[] = [];
  #scale = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  draw({ scene, colors, seen }: MinimapScene): void {
    const { width, height } = scene.picture;
    const { left, top, right, bottom } = seen;
    const isWhole = left <= 0 && top <= 0 && right >= width && bottom >= height;
    if (this.#canvas.hidden !== isWhole) this.#canvas.hidden = isWhole;
    if (isWhole) return;
    this.#scale = Math.min(
      (MOST.width - 2 * MARGIN) / Math.max(1, width),
      (MOST.height - 2 * MARGIN) / Math.max(1, height),
    );
    const size = {
      width: Math.max(24, Math.round(width * this.#scale) + 2 * MARGIN),
      height: Math.max(20, Math.round(height * this.#scale) + 2 * MARGIN),
    };
    this.#keep(scene, colors, size);
    const context = sizedContext(this.#canvas, size.width, size.height);
    if (context === null) return;
    this.#canvas.style.width = `${size.width}px`;
    this.#canvas.style.height = `${size.height}px`;
    context.clearRect(0, 0, size.width, size.height);
    context.drawImage(this.#kept, 0, 0, size.width, size.height);
    const [x, y] = [Math.max(0, left) * this.#scale + MARGIN, Math.max(0, top) * this.#scale + MARGIN];
    context.strokeStyle = colors.accent;
    context.lineWidth = 1.5;
    context.strokeRect(
      x,
      y,
      Math.max(4, Math.min(width, right) * this.#scale + MARGIN - x),
      Math.max(4, Math.min(height, bottom) * this.#scale + MARGIN - y),
    );
  }

  /** What of the picture is at a point of the map. */
  pointAt(x: number, y: number): { readonly x: number; readonly y: number } | undefined {
    if (this.#scale === 0) return undefined;
    return { x: (x - MARGIN) / this.#scale, y: (y - MARGIN) / this.#scale };
  }

  #keep(
    { picture, summaries }: GraphScene,
    colors: Colors,
    size: { readonly width: number; readonly height: number },
  ): void {
    const of = [picture, summaries, colors, size.width];
    if (of.every((each, at) => each === this.#of[at])) return;
    this.#of = of;
    const context = sizedContext(this.#kept, size.width, size.height);
    if (context === null) return;
    context.clearRect(0, 0, size.width, size.height);
    for (const [at, item] of picture.items.entries()) {
      if (item.isOpen === true) continue;
      const summary = summaries?.[at];
      const { tone } = LOOKS[summary?.state ?? "none"];
      context.fillStyle = tone === "idle" ? colors["line-strong"] : colors[tone];
      context.fillRect(
        item.x * this.#scale + MARGIN,
        item.y * this.#scale + MARGIN,
        Math.max(1.5, item.width * this.#scale),
        Math.max(1, item.height * this.#scale),
      );
    }
  }
}
