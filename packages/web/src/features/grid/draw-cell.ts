import type { Colors } from "../../ui/canvas-colors.ts";
import { LOOKS } from "../../ui/states.ts";
import { stateOfLetter } from "./letters.ts";

export const FONT = '11.5px "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly letter: string;
}

/** A full box is good, running or failed; a mark within says which to those who do not tell the colours apart. */
export function drawCell(context: CanvasRenderingContext2D, colors: Colors, { letter, ...box }: Place): void {
  const { x, y, width, height } = box;
  const state = stateOfLetter(letter);
  const { tone } = LOOKS[state];
  if (state === "none") {
    // Nothing is there yet: a point that keeps the rows and columns together.
    context.fillStyle = colors["line-strong"];
    context.fillRect(x + width / 2 - 1, y + height / 2 - 1, 2, 2);
    return;
  }
  const isFull = tone !== "idle" && tone !== "blocked";
  context.beginPath();
  context.roundRect(
    isFull ? x : x + 0.5,
    isFull ? y : y + 0.5,
    isFull ? width : width - 1,
    isFull ? height : height - 1,
    3,
  );
  context.fillStyle = isFull ? colors[tone] : colors[`${tone}-soft`];
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = colors[tone];
  if (!isFull) context.stroke();
  drawMark(context, colors, { ...box, letter });
}

/** A cross for what failed, a stroke for what a failure kept from running, a bar for what was left out. */
function drawMark(context: CanvasRenderingContext2D, colors: Colors, { x, y, width, height, letter }: Place): void {
  const state = stateOfLetter(letter);
  const { tone } = LOOKS[state];
  const [middleX, middleY, arm] = [x + width / 2, y + height / 2, 3.5];
  context.beginPath();
  if (tone === "failed") {
    context.moveTo(middleX - arm, middleY - arm);
    context.lineTo(middleX + arm, middleY + arm);
    context.moveTo(middleX + arm, middleY - arm);
    context.lineTo(middleX - arm, middleY + arm);
  } else if (tone === "blocked") {
    context.moveTo(middleX - arm, middleY + arm);
    context.lineTo(middleX + arm, middleY - arm);
  } else if (state === "skipped" || state === "cancelled") {
    context.moveTo(middleX - arm, middleY);
    context.lineTo(middleX + arm, middleY);
  } else if (tone === "running" || tone === "waiting") {
    context.arc(middleX, middleY, 2, 0, 2 * Math.PI);
  } else return;
  context.lineWidth = 1.6;
  context.strokeStyle = tone === "blocked" || tone === "idle" ? colors[tone] : colors.surface;
  context.stroke();
}
