import { type Drawing, FULL, READABLE } from "./draw-graph.ts";
import { SANS } from "./fitted-text.ts";
import type { LineLook, Seen } from "./graph-scene.ts";
import type { Line } from "./picture.ts";

interface Lines {
  readonly lines: readonly Line[];
  readonly lookOf: (line: Line, at: number) => LineLook;
  /** What of the picture is in the window. */
  readonly seen: Seen;
}

/** All lines in three strokes, those that matter most at last. */
export function drawLines({ context, colors, scale }: Drawing, { lines, lookOf, seen }: Lines): void {
  const isFar = scale < READABLE / 2;
  const byLook: Record<LineLook, Path2D> = { dim: new Path2D(), plain: new Path2D(), lit: new Path2D() };
  for (const [at, line] of lines.entries()) {
    if (!isSeen(line.route, seen)) continue;
    const path = byLook[lookOf(line, at)];
    if (isFar) traceFar(path, line.route);
    else trace(path, line.route);
  }
  context.lineWidth = Math.max(1.1, 0.7 / scale);
  context.strokeStyle = colors.line;
  context.stroke(byLook.dim);
  context.strokeStyle = isFar ? colors["line-strong"] : colors["ink-3"];
  context.globalAlpha = isFar ? 0.7 : 0.75;
  context.stroke(byLook.plain);
  context.globalAlpha = 1;
  context.lineWidth = Math.max(2.5, 2 / scale);
  context.strokeStyle = colors.ink;
  context.stroke(byLook.lit);
}

/** The names of a branch's arms, where they begin. */
export function drawArms({ context, colors, scale }: Drawing, lines: readonly Line[]): void {
  if (scale < FULL) return;
  context.font = `500 10px ${SANS}`;
  context.fillStyle = colors["ink-3"];
  for (const { arm, route } of lines) {
    if (arm !== undefined)
      context.fillText(arm, (route[route.length - 2] ?? 0) + 2, (route[route.length - 1] ?? 0) - 26);
  }
}

function isSeen(route: ArrayLike<number>, { left, top, right, bottom }: Seen): boolean {
  if ((route[0] as number) > right || (route[route.length - 2] as number) < left) return false;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 1; at < route.length; at += 2) {
    least = Math.min(least, route[at] as number);
    most = Math.max(most, route[at] as number);
  }
  return least <= bottom && most >= top;
}

/** Straight, bent, straight, and so on. */
function trace(path: Path2D, route: ArrayLike<number>): void {
  path.moveTo(route[0] as number, route[1] as number);
  for (let at = 2; at < route.length; at += 2) {
    const [x, y] = [route[at] as number, route[at + 1] as number];
    const [lastX, lastY] = [route[at - 2] as number, route[at - 1] as number];
    const isStraight = at % 4 === 2 || y === lastY;
    if (isStraight) path.lineTo(x, y);
    else {
      const middle = (lastX + x) / 2;
      path.bezierCurveTo(middle, lastY, middle, y, x, y);
    }
  }
}

function traceFar(path: Path2D, route: ArrayLike<number>): void {
  path.moveTo(route[0] as number, route[1] as number);
  for (let at = 2; at < route.length; at += 2) path.lineTo(route[at] as number, route[at + 1] as number);
}
