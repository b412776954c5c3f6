import type { Colors } from "../../ui/canvas-colors.ts";
import { type IconName, iconPath } from "../../ui/icon.tsx";
import { LOOKS } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { fitted, SANS } from "./fitted-text.ts";
import { type NodeSummary, sharesOf } from "./node-summary.ts";
import type { Item } from "./picture.ts";

export interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly colors: Colors;
  readonly scale: number;
}

export interface DrawnItem extends Item {
  readonly summary: NodeSummary | undefined;
  /** What a task is, where nothing is known of a run: `sql`. */
  readonly taskKind: string | null;
  readonly look: "plain" | "dim";
  readonly isSelected: boolean;
  readonly isHovered: boolean;
  readonly isCritical: boolean;
}

/** From here on there is room for all that there is to say; from the second for a sign and the name; from the third for the name alone. */
export const FULL = 0.75;
export const READABLE = 0.36;
const NAMED = 0.26;

/** A task, or tasks that are one for now: the state as an icon and a colour, the name, and what there is to say. */
export function drawItem(drawing: Drawing, drawn: DrawnItem): void {
  const { context, colors, scale } = drawing;
  const { x, y, width, height, summary, isSelected, isHovered, isCritical } = drawn;
  const { icon, tone } = LOOKS[summary?.state ?? "none"];
  if (drawn.kind !== "task") {
    box(context, { x: x + 4, y: y + 4, width, height }, { fill: colors.sunken, line: colors["line-strong"] });
  }
  // What is kept from another run did nothing in this one.
  const isPlain = summary === undefined || tone === "idle" || summary.isKept;
  const look = isPlain
    ? { fill: colors.surface, line: colors["line-strong"] }
    : { fill: colors[`${tone}-soft`], line: colors[tone] };
  box(context, drawn, look);
  if (isCritical) {
    context.lineWidth = Math.max(2, 1.5 / scale);
    context.strokeStyle = colors.ink;
    context.stroke();
  }
  if (isSelected || isHovered) ring(drawing, drawn);
  if (scale < NAMED) return;
  if (scale < READABLE) {
    drawSmallName(drawing, drawn);
    return;
  }
  const ink = summary === undefined || summary.count === 0 ? colors["ink-3"] : colors[tone];
  const sign = summary === undefined || summary.count === 0 ? kindIcon(drawn) : icon;
  if (scale < FULL) drawName(drawing, drawn, { ink, sign });
  else drawWhole(drawing, drawn, { ink, sign });
  if (drawn.kind !== "task" && summary !== undefined && summary.count > 1) drawShares(drawing, drawn, summary);
}

function ring({ context, colors, scale }: Drawing, { x, y, width, height, isSelected }: DrawnItem): void {
  context.lineWidth = Math.max(isSelected ? 2.5 : 1.5, (isSelected ? 2 : 1) / scale);
  context.strokeStyle = colors.accent;
  context.beginPath();
  context.roundRect(x - 3, y - 3, width + 6, height + 6, 8);
  context.stroke();
}

interface Sign {
  readonly ink: string;
  readonly sign: IconName;
}

/** From farther away the name alone, as large as it is read well. */
function drawName(
  { context, colors, scale }: Drawing,
  { x, y, width, height, label }: DrawnItem,
  { ink, sign }: Sign,
): void {
  context.save();
  context.translate(x, y);
  context.scale(1 / scale, 1 / scale);
  const middle = (height * scale) / 2;
  drawIcon(context, { name: sign, ink, x: 5, y: middle - 6, size: 12 });
  context.font = `500 11px ${SANS}`;
  context.fillStyle = colors.ink;
  context.fillText(fitted(context, shortName(label), Math.round(width * scale - 25)), 20, middle + 4);
  context.restore();
}

/** From so far away that a sign would take the room of the name. */
function drawSmallName({ context, colors, scale }: Drawing, { x, y, width, height, label }: DrawnItem): void {
  context.save();
  context.translate(x, y);
  context.scale(1 / scale, 1 / scale);
  context.font = `500 9px ${SANS}`;
  context.fillStyle = colors.ink;
  context.fillText(fitted(context, shortName(label), Math.round(width * scale - 8)), 4, (height * scale) / 2 + 3);
  context.restore();
}

function drawWhole({ context, colors }: Drawing, drawn: DrawnItem, { ink, sign }: Sign): void {
  const { x, y, width, height, summary, isOpen } = drawn;
  drawIcon(context, { name: sign, ink, x: x + 10, y: y + (height - 16) / 2, size: 16 });
  if (isOpen === false) {
    drawIcon(context, { name: "plus", ink: colors["ink-3"], x: x + width - 22, y: y + (height - 14) / 2, size: 14 });
  }
  const note = noteOf(drawn, summary);
  const room = width - (isOpen === false ? 62 : 44);
  context.font = `500 12.5px ${SANS}`;
  context.fillStyle = colors.ink;
  context.fillText(fitted(context, shortName(drawn.label), room), x + 34, note === "" ? y + height / 2 + 4.5 : y + 19);
  context.font = `400 11px ${SANS}`;
  context.fillStyle = colors["ink-2"];
  if (note !== "") context.fillText(fitted(context, note, room), x + 34, y + 33);
}

/** In its frame, a task needs no more than its own name. */
function shortName(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1).replace("[]", "");
}

interface DrawnIcon {
  readonly name: IconName;
  readonly ink: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const paths = new Map<IconName, Path2D>();

function drawIcon(context: CanvasRenderingContext2D, { name, ink, x, y, size }: DrawnIcon): void {
  const path = paths.get(name) ?? new Path2D(iconPath(name));
  paths.set(name, path);
  context.save();
  context.translate(x, y);
  context.scale(size / 16, size / 16);
  context.strokeStyle = ink;
  context.lineWidth = 1.6;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.stroke(path);
  context.restore();
}

interface BoxLook {
  readonly fill: string;
  readonly line: string;
}

function box(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Pick<Item, "x" | "y" | "width" | "height">,
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

const KIND_ICONS: Readonly<Record<Item["kind"], IconName>> = {
  task: "dot",
  map: "list",
  group: "grid",
  branch: "flows",
};

function kindIcon({ kind }: Item): IconName {
  return KIND_ICONS[kind];
}

/** The frame of tasks that belong together, with its name. */
export function drawFrame(drawing: Drawing, drawn: DrawnItem): void {
  const { context, colors, scale } = drawing;
  const { x, y, width, height, summary, isSelected, isHovered } = drawn;
  context.beginPath();
  context.roundRect(x, y, width, height, 8);
  context.fillStyle = colors.sunken;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = colors["line-strong"];
  context.stroke();
  if (isSelected || isHovered) ring(drawing, drawn);
  if (scale < READABLE) return;
  const grown = Math.min(1.6, Math.max(1, 0.8 / scale));
  const isKnown = summary !== undefined && summary.count > 0;
  const { icon, tone } = LOOKS[summary?.state ?? "none"];
  drawIcon(context, { name: "minus", ink: colors["ink-3"], x: x + 9, y: y + 9, size: 13 });
  drawIcon(context, {
    name: isKnown ? icon : kindIcon(drawn),
    ink: isKnown ? colors[tone] : colors["ink-3"],
    x: x + 28,
    y: y + 8,
    size: 14,
  });
  context.font = `600 ${11.5 * grown}px ${SANS}`;
  context.fillStyle = colors["ink-2"];
  const note = summary === undefined && drawn.kind === "branch" ? "" : noteOf(drawn, summary);
  const text = note === "" ? shortName(drawn.label) : `${shortName(drawn.label)}  ·  ${note}`;
  context.fillText(fitted(context, text, width - 56), x + 48, y + 16 + 4 * grown);
}

/** What to say of it under its name. */
function noteOf({ kind, members, taskKind }: DrawnItem, summary: NodeSummary | undefined): string {
  if (summary === undefined || summary.count === 0 || (summary.state === "none" && summary.count <= 1)) {
    if (kind === "task") return taskKind === "function" ? "" : (taskKind ?? "");
    if (kind === "map") return "for each item";
    return kind === "branch" ? "one of several ways" : `${members.length} tasks`;
  }
  if (summary.count > 1) return manyNote(summary);
  const { text } = LOOKS[summary.state];
  if (summary.isKept) return "kept";
  if (summary.startedAt === null || summary.endedAt === null) return text;
  const took = durationText(Date.parse(summary.endedAt) - Date.parse(summary.startedAt));
  return summary.tries > 1 ? `${took}, ${summary.tries} tries` : took;
}

function manyNote({ counts, count, isKept }: NodeSummary): string {
  const of = (tone: string): number =>
    [...counts].reduce((sum, [state, own]) => sum + (LOOKS[state].tone === tone ? own : 0), 0);
  if (isKept) return `all ${count} kept`;
  const failed = of("failed");
  if (failed > 0) return `${failed} of ${count} failed`;
  const done = of("success");
  return done === count ? `all ${count} succeeded` : `${done} of ${count} succeeded`;
}

/** At the foot of what is many: how many are in which state. */
function drawShares({ context, colors }: Drawing, { x, y, width, height }: DrawnItem, summary: NodeSummary): void {
  let left = x + 7;
  const room = width - 14;
  for (const [state, count] of sharesOf(summary)) {
    const wide = (count / summary.count) * room;
    context.fillStyle = colors[LOOKS[state].tone];
    context.fillRect(left, y + height - 6, Math.max(1.5, wide - 1), 3);
    left += wide;
  }
}

/** From so far away that nothing can be read: what has one colour in one stroke. */
export function drawFar({ context, colors }: Drawing, items: readonly DrawnItem[]): void {
  const byColor = Map.groupBy(items, ({ summary, look }) => {
    const { tone } = LOOKS[summary?.state ?? "none"];
    const isIdle = summary === undefined || summary.count === 0 || tone === "idle";
    return `${look} ${isIdle ? colors["line-strong"] : colors[tone]}`;
  });
  for (const [color, own] of byColor) {
    context.beginPath();
    for (const { x, y, width, height } of own) context.rect(x, y, width, height);
    context.globalAlpha = color.startsWith("dim") ? 0.3 : 1;
    context.fillStyle = color.slice(color.indexOf(" ") + 1);
    context.fill();
  }
  context.globalAlpha = 1;
}
