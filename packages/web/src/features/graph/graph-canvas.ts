import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { drawEdges, drawNode } from "./draw-graph.ts";
import type { NodeSummary } from "./node-summary.ts";
import type { PlacedGraph } from "./use-layout.ts";

const NODE = { width: 184, height: 44 } as const;
const STEP = { x: NODE.width + 56, y: NODE.height + 16 } as const;
const MARGIN = 24;
const ZOOM = { least: 0.04, most: 2 } as const;

export interface GraphScene {
  readonly graph: PlacedGraph;
  readonly summaries: ReadonlyMap<string, NodeSummary>;
  readonly selected: string | undefined;
}

interface Box {
  readonly x: number;
  readonly y: number;
}

/** Draws a graph, and knows what lies where. React only hands it what to show. */
export class GraphCanvas {
  readonly #canvas: HTMLCanvasElement;
  #scene: GraphScene;
  #boxes: readonly Box[];
  #related: ReadonlySet<number> | undefined;
  #colors: Colors = colorsNow();
  #size = { width: 0, height: 0 };
  #view = { x: 0, y: 0, scale: 1 };
  #hovered = -1;
  #frame = 0;
  /** Until somebody moves it, it shows all there is, whatever its size. */
  #isMoved = false;

  constructor(canvas: HTMLCanvasElement, scene: GraphScene) {
    this.#canvas = canvas;
    this.#scene = scene;
    this.#boxes = boxesOf(scene.graph);
    this.#related = relatedTo(scene);
  }

  show(scene: GraphScene): void {
    if (scene.graph !== this.#scene.graph) {
      this.#boxes = boxesOf(scene.graph);
      this.#isMoved = false;
    }
    this.#scene = scene;
    this.#related = relatedTo(scene);
    if (!this.#isMoved) this.#fitNow();
    this.draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    if (!this.#isMoved) this.#fitNow();
    this.draw();
  }

  fit(): void {
    this.#isMoved = false;
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

  /** The node at a point of the canvas. */
  nodeAt(x: number, y: number): string | undefined {
    const own = { x: (x - this.#view.x) / this.#view.scale, y: (y - this.#view.y) / this.#view.scale };
    const place = this.#boxes.findIndex(
      (box) => own.x >= box.x && own.x <= box.x + NODE.width && own.y >= box.y && own.y <= box.y + NODE.height,
    );
    return this.#scene.graph.nodes[place]?.id;
  }

  hover(id: string | undefined): void {
    const place = this.#scene.graph.nodes.findIndex((node) => node.id === id);
    if (place === this.#hovered) return;
    this.#hovered = place;
    this.draw();
  }

  /** Moves as far as needed to see a node. */
  reveal(id: string): void {
    const box = this.#boxes[this.#scene.graph.nodes.findIndex((node) => node.id === id)];
    if (box === undefined) return;
    const { x, y, scale } = this.#view;
    const [left, top] = [box.x * scale + x, box.y * scale + y];
    const outX = outside(left, left + NODE.width * scale, this.#size.width);
    const outY = outside(top, top + NODE.height * scale, this.#size.height);
    if (outX !== 0 || outY !== 0) this.moveBy(-outX, -outY);
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

  #fitNow(): void {
    const { width, height } = this.#size;
    const right = Math.max(0, ...this.#boxes.map(({ x }) => x)) + NODE.width;
    const bottom = Math.max(0, ...this.#boxes.map(({ y }) => y)) + NODE.height;
    const scale = Math.min(1, (width - 2 * MARGIN) / right, (height - 2 * MARGIN) / bottom);
    const own = Math.max(ZOOM.least, scale);
    this.#view = { scale: own, x: Math.max(MARGIN, (width - right * own) / 2), y: (height - bottom * own) / 2 };
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null) return;
    context.clearRect(0, 0, width, height);
    context.save();
    context.translate(this.#view.x, this.#view.y);
    context.scale(this.#view.scale, this.#view.scale);
    const drawing = { context, colors: this.#colors, scale: this.#view.scale };
    const related = this.#related;
    drawEdges(drawing, {
      edges: this.#scene.graph.layout.edges,
      from: (node) => ({
        x: (this.#boxes[node]?.x ?? 0) + NODE.width,
        y: (this.#boxes[node]?.y ?? 0) + NODE.height / 2,
      }),
      to: (node) => ({ x: this.#boxes[node]?.x ?? 0, y: (this.#boxes[node]?.y ?? 0) + NODE.height / 2 }),
      via: (layer, row) => ({ x: layer * STEP.x + NODE.width / 2, y: row * STEP.y + NODE.height / 2 }),
      layerOf: (node) => this.#scene.graph.layout.layer[node] ?? 0,
      isDim: ({ from, to }) => related !== undefined && !(related.has(from) && related.has(to)),
    });
    for (const [place, box] of this.#boxes.entries()) {
      if (this.#isOut(box)) continue;
      const node = this.#scene.graph.nodes[place];
      if (node === undefined) continue;
      context.globalAlpha = related !== undefined && !related.has(place) ? 0.35 : 1;
      drawNode(drawing, {
        ...box,
        ...NODE,
        node,
        summary: this.#scene.summaries.get(node.id),
        isSelected: node.id === this.#scene.selected,
        isHovered: place === this.#hovered,
      });
    }
    context.restore();
  }

  #isOut({ x, y }: Box): boolean {
    const { scale } = this.#view;
    const [left, top] = [x * scale + this.#view.x, y * scale + this.#view.y];
    const { width, height } = this.#size;
    return left > width || top > height || left + NODE.width * scale < 0 || top + NODE.height * scale < 0;
  }
}

function boxesOf({ layout }: PlacedGraph): Box[] {
  return layout.layer.map((layer, node) => ({ x: layer * STEP.x, y: (layout.row[node] ?? 0) * STEP.y }));
}

/** How far a stretch lies outside of what is seen; 0 where it does not. */
function outside(from: number, to: number, size: number): number {
  if (from < MARGIN) return from - MARGIN;
  return to > size - MARGIN ? to - size + MARGIN : 0;
}

/** The selected node, all before it and all after it; undefined where none is selected. */
function relatedTo({ graph, selected }: GraphScene): ReadonlySet<number> | undefined {
  const start = graph.nodes.findIndex(({ id }) => id === selected);
  if (start < 0) return undefined;
  const before = new Map<number, number[]>();
  const after = new Map<number, number[]>();
  for (const { from, to } of graph.layout.edges) {
    before.set(to, [...(before.get(to) ?? []), from]);
    after.set(from, [...(after.get(from) ?? []), to]);
  }
  const related = new Set([start]);
  for (const next of [before, after]) {
    const own = new Set([start]);
    for (const node of own) {
      for (const other of next.get(node) ?? []) {
        // A set is walked together with what is added to it.
        own.add(other);
        related.add(other);
      }
    }
  }
  return related;
}
