import type { FlowNode } from "../../api/shapes.ts";
import type { Colors } from "../../ui/canvas-colors.ts";
import { iconPath } from "../../ui/icon.tsx";
import { LOOKS, type State } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import type { Layout } from "./layout.ts";
import type { NodeSummary } from "./node-summary.ts";

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly colors: Colors;
  readonly scale: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

type Edge = Layout["edges"][number];

interface Edges {
  readonly edges: readonly Edge[];
  readonly from: (node: number) => Point;
  readonly to: (node: number) => Point;
  readonly via: (layer: number, row: number) => Point;
  readonly layerOf: (node: number) => number;
  readonly isDim: (edge: Edge) => boolean;
}

/** Smaller than this, letters are specks: they are left out. */
const READABLE = 0.42;
const FONT = '"Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif';

/** All edges in two strokes, those that do not matter now and those that do. */
export function drawEdges({ context, colors }: Drawing, all: Edges): void {
  for (const isDim of [true, false]) {
    context.beginPath();
    for (const edge of all.edges) {
      if (all.isDim(edge) !== isDim) continue;
      const layer = all.layerOf(edge.from);
      const stops = edge.via.map((row, at) => all.via(layer + 1 + at, row));
      trace(context, [all.from(edge.from), ...stops, all.to(edge.to)]);
    }
    context.lineWidth = 1.25;
    context.strokeStyle = isDim ? colors.line : colors["ink-3"];
    context.stroke();
  }
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [first, ...others] = points;
  if (first === undefined) return;
  context.moveTo(first.x, first.y);
  let last = first;
  for (const next of others) {
    const middle = (last.x + next.x) / 2;
    context.bezierCurveTo(middle, last.y, middle, next.y, next.x, next.y);
    last = next;
  }
}

interface DrawnNode extends Point {
  readonly width: number;
  readonly height: number;
  readonly node: FlowNode;
  readonly summary: NodeSummary | undefined;
  readonly isSelected: boolean;
  readonly isHovered: boolean;
}

/** A task: its state as an icon and a colour, its name, and what there is to say of it. */
export function drawNode({ context, colors, scale }: Drawing, drawn: DrawnNode): void {
  const { x, y, width, height, node, summary, isSelected, isHovered } = drawn;
  const { icon, tone } = LOOKS[summary?.state ?? "none"];
  const isMany = node.map !== null || node.kind === "map";
  if (isMany) box(context, { x: x + 4, y: y + 4, width, height }, { fill: colors.sunken, line: colors.line });
  const isPlain = summary === undefined || tone === "idle";
  const look = isPlain
    ? { fill: colors.surface, line: colors["line-strong"] }
    : { fill: colors[`${tone}-soft`], line: colors[tone] };
  box(context, drawn, look);
  if (isSelected || isHovered) {
    context.lineWidth = isSelected ? 2.5 : 1.5;
    context.strokeStyle = colors.accent;
    context.beginPath();
    context.roundRect(x - 2, y - 2, width + 4, height + 4, 8);
    context.stroke();
  }
  if (scale < READABLE) return;
  context.save();
  context.translate(x + 10, y + (height - 16) / 2);
  context.strokeStyle = summary === undefined ? colors["ink-3"] : colors[tone];
  context.lineWidth = 1.6;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.stroke(new Path2D(summary === undefined ? iconPath(kindIcon(node)) : iconPath(icon)));
  context.restore();
  context.textBaseline = "alphabetic";
  const note = noteOf(node, summary);
  const room = width - 44;
  context.font = `500 12.5px ${FONT}`;
  context.fillStyle = colors.ink;
  context.fillText(fitted(context, node.id, room), x + 34, note === "" ? y + height / 2 + 4.5 : y + 19);
  context.font = `400 11px ${FONT}`;
  context.fillStyle = colors["ink-2"];
  if (note !== "") context.fillText(fitted(context, note, room), x + 34, y + 34);
  if (isMany && summary !== undefined && summary.count > 1) drawShares({ context, colors, scale }, drawn, summary);
}

interface BoxLook {
  readonly fill: string;
  readonly line: string;
}

function box(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Point & { readonly width: number; readonly height: number },
  { fill, line }: BoxLook,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, 6);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = line;
  context.stroke();
}

function kindIcon({ kind }: FlowNode) {
  return kind === "map" ? "list" : kind === "branch" ? "flows" : "dot";
}

function noteOf(node: FlowNode, summary: NodeSummary | undefined): string {
  if (summary === undefined || summary.state === "none") {
    if (node.kind !== "task") return node.kind === "map" ? "for each item" : "one of several ways";
    return node.taskKind === "function" ? "" : (node.taskKind ?? "");
  }
  if (summary.count > 1) {
    const done = [...summary.counts]
      .filter(([state]) => LOOKS[state].tone === "success")
      .reduce((sum, [, n]) => sum + n, 0);
    return `${done} of ${summary.count} succeeded`;
  }
  const { text } = LOOKS[summary.state];
  if (summary.startedAt === null || summary.endedAt === null) return text;
  return durationText(Date.parse(summary.endedAt) - Date.parse(summary.startedAt));
}

/** At the foot of a mapped task: how many of its items are in which state. */
function drawShares({ context, colors }: Drawing, { x, y, width, height }: DrawnNode, summary: NodeSummary): void {
  let left = x + 6;
  const room = width - 12;
  const shares = [...summary.counts].toSorted(([a], [b]) => orderOf(a) - orderOf(b));
  for (const [state, count] of shares) {
    const wide = (count / summary.count) * room;
    context.fillStyle = colors[LOOKS[state].tone];
    context.fillRect(left, y + height - 5, Math.max(1, wide - 1), 3);
    left += wide;
  }
}

function orderOf(state: State): number {
  return ["success", "running", "waiting", "idle", "blocked", "failed"].indexOf(LOOKS[state].tone);
}

const widths = new Map<string, string>();

/** A text that ends with an ellipsis where there is no room for more. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const key = `${context.font} ${room} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  let short = text;
  if (context.measureText(text).width > room) {
    while (short.length > 1 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1);
    short = `${short}…`;
  }
  if (widths.size > 20_000) widths.clear();
  widths.set(key, short);
  return short;
}
