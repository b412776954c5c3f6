import { type Colors, colorsNow, sizedContext } from "../../ui/canvas-colors.ts";
import { LOOKS, type Tone } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { SANS } from "../graph/fitted-text.ts";
import type { CriticalPath } from "./critical-path.ts";
import { type Busy, scaleOf, type TimeScale } from "./time-scale.ts";
import { type Bar, barState, type Segment, type TimelineRow } from "./timeline-bars.ts";

export const ROW = 26;
export const AXIS = 28;
const PAD = 12;
const MOST_ZOOM = 2_000;
/** From one mark of the axis to the next, at the least. */
const MARK = 110;

export interface TimelineScene {
  readonly rows: readonly TimelineRow[];
  readonly busy: Busy;
  readonly startMs: number;
  /** Undefined while the run goes on. */
  readonly endMs: number | undefined;
  readonly critical: CriticalPath | undefined;
  /** The row that the keyboard is on. */
  readonly current: number;
}

/** What the pointer is on. */
export interface TimelineHit {
  readonly row: TimelineRow;
  readonly segment: Segment | undefined;
  readonly atMs: number;
}

/** Draws the bars of the rows that are seen. While a run goes on it grows frame by frame, without a word to React. */
export class TimelineCanvas {
  readonly #canvas: HTMLCanvasElement;
  #scene: TimelineScene;
  #scale: TimeScale;
  #colors: Colors = colorsNow();
  #patterns = new Map<string, CanvasPattern | string>();
  #size = { width: 0, height: 0 };
  #scrollTop = 0;
  #hovered = -1;
  /** The shares of the whole at the left and at the right. */
  #window = { from: 0, to: 1 };
  #brush: { readonly from: number; readonly to: number } | undefined;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, scene: TimelineScene) {
    this.#canvas = canvas;
    this.#scene = scene;
    this.#scale = this.#scaleNow();
  }

  show(scene: TimelineScene): void {
    if (scene === this.#scene) return;
    this.#scene = scene;
    this.draw();
  }

  recolor(): void {
    this.#colors = colorsNow();
    this.#patterns.clear();
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    this.draw();
  }

  scroll(top: number): void {
    this.#scrollTop = top;
    this.draw();
  }

  hover(row: number): void {
    if (row === this.#hovered) return;
    this.#hovered = row;
    this.draw();
  }

  /** Longer or shorter, with the instant at a place staying there. */
  zoomBy(factor: number, x = this.#size.width / 2): void {
    const at = this.#shareAt(x);
    const wide = Math.min(1, Math.max(1 / MOST_ZOOM, (this.#window.to - this.#window.from) / factor));
    const from = at - ((at - this.#window.from) / (this.#window.to - this.#window.from)) * wide;
    this.#turnTo(from, from + wide);
  }

  moveBy(x: number): void {
    const wide = this.#window.to - this.#window.from;
    const by = (x / Math.max(1, this.#size.width - 2 * PAD)) * wide;
    this.#turnTo(this.#window.from + by, this.#window.to + by);
  }

  whole(): void {
    this.#turnTo(0, 1);
  }

  get isZoomed(): boolean {
    return this.#window.from > 0 || this.#window.to < 1;
  }

  /** Marks a stretch that is being chosen, or takes the one that was. */
  brush(from: number, to: number, isDone: boolean): void {
    const [left, right] = [this.#shareAt(Math.min(from, to)), this.#shareAt(Math.max(from, to))];
    this.#brush = isDone ? undefined : { from: left, to: right };
    if (isDone && Math.abs(to - from) > 4) this.#turnTo(left, right);
    this.draw();
  }

  hitAt(x: number, y: number): TimelineHit | undefined {
    const row = this.#scene.rows[Math.floor((y - AXIS + this.#scrollTop) / ROW)];
    if (row === undefined || y < AXIS) return undefined;
    const atMs = this.#scale.instantAt(this.#shareAt(x));
    const nowMs = this.#nowMs();
    const [only, ...others] = row.bars;
    if (only === undefined || others.length > 0) return { row, segment: undefined, atMs };
    const segment = only.segments.findLast(({ startMs, endMs = nowMs }) => {
      const [left, right] = [this.#x(startMs), this.#x(endMs)];
      return x >= left - 2 && x <= Math.max(right, left + 3) + 2;
    });
    return { row, segment, atMs };
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

  #turnTo(from: number, to: number): void {
    const wide = Math.min(1, Math.max(1 / MOST_ZOOM, to - from));
    const left = Math.min(1 - wide, Math.max(0, from));
    this.#window = { from: left, to: left + wide };
    this.draw();
  }

  #nowMs(): number {
    return this.#scene.endMs ?? Date.now();
  }

  #scaleNow(): TimeScale {
    const { busy, startMs } = this.#scene;
    return scaleOf(busy, startMs, this.#nowMs());
  }

  #shareAt(x: number): number {
    const { from, to } = this.#window;
    return from + ((x - PAD) / Math.max(1, this.#size.width - 2 * PAD)) * (to - from);
  }

  #xOfShare(share: number): number {
    const { from, to } = this.#window;
    return PAD + ((share - from) / (to - from)) * (this.#size.width - 2 * PAD);
  }

  #x(ms: number): number {
    return this.#xOfShare(this.#scale.shareOf(ms));
  }

  #drawNow(): void {
    const { width, height } = this.#size;
    const context = sizedContext(this.#canvas, width, height);
    if (context === null || width === 0) return;
    this.#scale = this.#scaleNow();
    context.clearRect(0, 0, width, height);
    const first = Math.max(0, Math.floor(this.#scrollTop / ROW));
    const last = Math.min(this.#scene.rows.length, Math.ceil((this.#scrollTop + height - AXIS) / ROW));
    context.save();
    context.beginPath();
    context.rect(0, AXIS, width, height - AXIS);
    context.clip();
    this.#drawCuts(context);
    for (let at = first; at < last; at += 1) this.#drawRow(context, at);
    this.#drawCritical(context);
    context.restore();
    this.#drawAxis(context);
    const frame = this.#canvas.parentElement;
    if (frame !== null) frame.dataset["drawn"] ??= String(this.#scene.rows.length);
    if (this.#scene.endMs === undefined) this.draw();
  }

  #top(at: number): number {
    return AXIS + at * ROW - this.#scrollTop;
  }

  #drawRow(context: CanvasRenderingContext2D, at: number): void {
    const row = this.#scene.rows[at];
    if (row === undefined) return;
    const top = this.#top(at);
    if (at === this.#hovered || at === this.#scene.current) {
      context.fillStyle = this.#colors[at === this.#scene.current ? "accent-soft" : "sunken"];
      context.fillRect(0, top, this.#size.width, ROW);
    }
    const [only, ...others] = row.bars;
    if (only === undefined) return;
    if (others.length > 0) this.#drawProfile(context, row.bars, top);
    else for (const segment of only.segments) this.#drawSegment(context, segment, top);
  }

  #drawSegment(context: CanvasRenderingContext2D, segment: Segment, top: number): void {
    const { kind, state, startMs, endMs = this.#nowMs() } = segment;
    const [left, right] = [this.#x(startMs), this.#x(endMs)];
    if (right < 0 || left > this.#size.width) return;
    const isRun = kind === "run";
    const { tone } = LOOKS[state];
    context.fillStyle = isRun ? this.#colors[tone] : this.#pattern(context, kind);
    context.beginPath();
    if (isRun) context.roundRect(left, top + 6, Math.max(3, right - left), 14, 3);
    else context.rect(left, top + 9, Math.max(0, right - left), 8);
    context.fill();
    if (!isRun && right - left > 2) {
      context.strokeStyle = this.#colors[WAITING[kind]];
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 9.5, right - left - 1, 7);
    }
    if (isRun && tone === "failed" && right - left > 14) {
      // A cross, so that a failed try is told without its colour.
      context.strokeStyle = this.#colors.surface;
      context.lineWidth = 1.6;
      context.beginPath();
      context.moveTo(left + 5, top + 10);
      context.lineTo(left + 11, top + 16);
      context.moveTo(left + 11, top + 10);
      context.lineTo(left + 5, top + 16);
      context.stroke();
    }
  }

  /** Waiting is hatched, each kind in its own way and colour. */
  #pattern(context: CanvasRenderingContext2D, kind: Exclude<Segment["kind"], "run">): CanvasPattern | string {
    const known = this.#patterns.get(kind);
    if (known !== undefined) return known;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    const color = this.#colors[WAITING[kind]];
    if (pen !== null) {
      pen.fillStyle = this.#colors[`${WAITING[kind]}-soft`];
      pen.fillRect(0, 0, 6, 6);
      pen.strokeStyle = color;
      pen.fillStyle = color;
      pen.lineWidth = 1;
      pen.beginPath();
      if (kind === "wait") pen.fillRect(1, 2, 2, 2);
      else if (kind === "queue") {
        for (const x of [-6, 0, 6]) pen.moveTo(x, 6);
        for (const x of [-6, 0, 6]) {
          pen.moveTo(x, 6);
          pen.lineTo(x + 6, 0);
        }
      } else {
        pen.moveTo(2.5, 0);
        pen.lineTo(2.5, 6);
      }
      pen.stroke();
    }
    const made = context.createPattern(tile, "repeat") ?? color;
    this.#patterns.set(kind, made);
    return made;
  }

  /** Of all items of a map: how many ran at each moment, those that failed on top. */
  #drawProfile(context: CanvasRenderingContext2D, bars: readonly Bar[], top: number): void {
    const wide = Math.ceil(this.#size.width);
    const nowMs = this.#nowMs();
    const byTone = new Map<Tone, Int32Array>();
    for (const bar of bars) {
      const { tone } = LOOKS[barState(bar)];
      const own = byTone.get(tone) ?? new Int32Array(wide + 2);
      byTone.set(tone, own);
      for (const { kind, startMs, endMs = nowMs } of bar.segments) {
        if (kind !== "run") continue;
        const left = Math.max(0, Math.floor(this.#x(startMs)));
        const right = Math.min(wide, Math.max(left + 1, Math.floor(this.#x(endMs))));
        if (left >= right) continue;
        own[left] = (own[left] as number) + 1;
        own[right] = (own[right] as number) - 1;
      }
    }
    const tones = PROFILE.filter((tone) => byTone.has(tone));
    const heights = heightsOf(tones.map((tone) => byTone.get(tone) as Int32Array));
    const base = top + ROW - 4;
    for (const [index, tone] of tones.entries()) {
      context.fillStyle = this.#colors[tone];
      for (let x = 0; x < wide; x += 1) {
        const [low, high] = [heights[index]?.[x] ?? 0, heights[index + 1]?.[x] ?? 0];
        if (high > low) context.fillRect(x, base - high * 18, 1, (high - low) * 18);
      }
    }
  }

  #drawCuts(context: CanvasRenderingContext2D): void {
    for (const { from, to } of this.#scale.cuts) {
      const [left, right] = [this.#xOfShare(from), this.#xOfShare(to)];
      if (right < 0 || left > this.#size.width) continue;
      context.fillStyle = this.#colors.sunken;
      context.fillRect(left, AXIS, right - left, this.#size.height);
    }
  }

  /** The task runs that decided how long the run took, and how one led to the next. */
  #drawCritical(context: CanvasRenderingContext2D): void {
    const { critical, rows } = this.#scene;
    if (critical === undefined) return;
    const places = new Map<string, number>();
    for (const [at, { bars }] of rows.entries()) for (const { row } of bars) places.set(row.task, at);
    context.strokeStyle = this.#colors.ink;
    context.lineWidth = 1.5;
    let before: { readonly x: number; readonly y: number } | undefined;
    for (const { row, fromMs, endMs } of critical.steps) {
      const at = places.get(row.task);
      if (at === undefined) continue;
      const [left, right, y] = [this.#x(fromMs), this.#x(endMs), this.#top(at)];
      context.beginPath();
      context.roundRect(left - 1.5, y + 3.5, Math.max(6, right - left + 3), ROW - 7, 4);
      if (before !== undefined) {
        context.moveTo(before.x, before.y);
        context.lineTo(before.x, y + (y > before.y ? 3.5 : ROW - 3.5));
      }
      context.stroke();
      before = { x: right, y: y + ROW / 2 };
    }
  }

  /** Round durations since the beginning; where stretches are cut out, whatever it is at even places. */
  #marks(): readonly { readonly x: number; readonly text: string }[] {
    const { startMs } = this.#scene;
    const count = Math.max(2, Math.floor(this.#size.width / MARK));
    const [from, to] = [this.#window.from, this.#window.to].map((share) => this.#scale.instantAt(share) - startMs);
    if (from === undefined || to === undefined) return [];
    const isCut = this.#scale.cuts.some((cut) => cut.to > this.#window.from && cut.from < this.#window.to);
    const step = roundStep((to - from) / count);
    const marks: { x: number; text: string }[] = [];
    for (let mark = 0; mark < count * 3; mark += 1) {
      const x = isCut
        ? PAD + (mark / count) * (this.#size.width - 2 * PAD)
        : this.#x(startMs + (Math.ceil(from / step) + mark) * step);
      if (x > this.#size.width - MARK / 2) break;
      const text = durationText(this.#scale.instantAt(this.#shareAt(x)) - startMs);
      if (text !== marks.at(-1)?.text) marks.push({ x, text });
    }
    return marks;
  }

  #drawAxis(context: CanvasRenderingContext2D): void {
    const { width } = this.#size;
    context.fillStyle = this.#colors.surface;
    context.fillRect(0, 0, width, AXIS - 1);
    context.font = `400 11px ${SANS}`;
    context.strokeStyle = this.#colors.line;
    context.lineWidth = 1;
    for (const { x, text } of this.#marks()) {
      context.beginPath();
      context.moveTo(Math.round(x) + 0.5, 8);
      context.lineTo(Math.round(x) + 0.5, AXIS - 1);
      context.stroke();
      context.fillStyle = this.#colors["ink-3"];
      context.fillText(text, x + 5, 18);
    }
    context.beginPath();
    context.moveTo(0, AXIS - 0.5);
    context.lineTo(width, AXIS - 0.5);
    context.stroke();
    if (this.#brush === undefined) return;
    const [left, right] = [this.#xOfShare(this.#brush.from), this.#xOfShare(this.#brush.to)];
    context.globalAlpha = 0.18;
    context.fillStyle = this.#colors.accent;
    context.fillRect(left, 0, right - left, this.#size.height);
    context.globalAlpha = 1;
  }
}

/** The next longer one that one counts in. */
function roundStep(ms: number): number {
  const found = STEPS.find((step) => step >= ms);
  return found ?? Math.ceil(ms / DAY_MS) * DAY_MS;
}

const DAY_MS = 86_400_000;
const STEPS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * 3_600_000),
];

const WAITING = { queue: "idle", retry: "blocked", wait: "waiting" } as const;
const PROFILE: readonly Tone[] = ["success", "running", "waiting", "idle", "blocked", "failed"];

/** The edges between the layers of a profile, from 0 to 1: counts on counts, by the most that there are at once. */
function heightsOf(changes: readonly Int32Array[]): readonly Float64Array[] {
  const wide = changes[0]?.length ?? 0;
  const edges = Array.from({ length: changes.length + 1 }, () => new Float64Array(wide));
  let most = 1;
  const now = new Int32Array(changes.length);
  for (let x = 0; x < wide; x += 1) {
    let sum = 0;
    for (const [index, change] of changes.entries()) {
      now[index] = (now[index] as number) + (change[x] as number);
      sum += now[index] as number;
      (edges[index + 1] as Float64Array)[x] = sum;
    }
    most = Math.max(most, sum);
  }
  for (const edge of edges) for (let x = 0; x < wide; x += 1) edge[x] = (edge[x] as number) / most;
  return edges;
}
