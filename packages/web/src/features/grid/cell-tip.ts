import type { QueryClient } from "@tanstack/react-query";
import type { TaskRun } from "../../api/shapes.ts";
import { readOf } from "../../api/use-api.ts";
import { LOOKS, TONE_TEXT } from "../../ui/states.ts";
import { agoText, durationText, instantText } from "../../ui/time-text.ts";
import { type Cell, cellState, type GridRun, type GridScene, tookMs } from "./grid-scene.ts";
import { taskInput } from "./read-grid.ts";

/** Whoever stays on a cell for so long wants to know how long it took, in milliseconds. */
const DWELL_MS = 150;

interface Parts {
  readonly host: HTMLElement;
  /** Read out to those who do not see it. */
  readonly said: HTMLElement;
  readonly client: QueryClient;
}

/** What a cell is, beside it. Written past React, which has nothing to do while a pointer moves. */
export class CellTip {
  readonly #parts: Parts;
  readonly #lines = Array.from({ length: 3 }, () => document.createElement("p"));
  #shown: Cell | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const [title, , when] = this.#lines;
    if (title !== undefined) title.className = "truncate font-medium";
    if (when !== undefined) when.className = "text-2xs text-ink-2";
    parts.host.replaceChildren(...this.#lines);
  }

  /** @param at the cell's corner in the window. */
  show(scene: GridScene, cell: Cell, at: { readonly x: number; readonly y: number }): void {
    const run = scene.grid.runs[cell.run];
    if (run === undefined) return;
    const isOther = cell.run !== this.#shown?.run || cell.task !== this.#shown.task;
    this.#shown = cell;
    if (isOther) {
      this.#write(scene, cell, cell.task < 0 ? tookText(run) : "");
      this.#askSoon(scene, cell, run);
    }
    const { host } = this.#parts;
    host.hidden = false;
    const { width, height } = host.getBoundingClientRect();
    const x = at.x + 28 + width < innerWidth ? at.x + 28 : at.x - width - 10;
    const y = Math.min(at.y + 4, innerHeight - height - 8);
    host.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#shown = undefined;
    this.#parts.host.hidden = true;
  }

  #write({ grid, zone }: GridScene, cell: Cell, took: string): void {
    const run = grid.runs[cell.run];
    const [title, state, when] = this.#lines;
    if (run === undefined || title === undefined || state === undefined || when === undefined) return;
    const { text, tone } = LOOKS[cell.task < 0 ? run.state : cellState(grid, cell)];
    const createdMs = Date.parse(run.createdAt);
    title.textContent = grid.tasks[cell.task] ?? "The run as a whole";
    state.textContent = took === "" ? text : `${text} · ${took}`;
    state.className = `font-medium ${TONE_TEXT[tone]}`;
    when.textContent = `Run of ${runText(run, zone)}, ${agoText(createdMs, Date.now())}`;
    this.#parts.said.textContent = `${title.textContent}: ${state.textContent}. ${when.textContent}`;
  }

  /** How long a task took is not in the grid: a hundred thousand of them would be most of it. */
  #askSoon(scene: GridScene, cell: Cell, run: GridRun): void {
    clearTimeout(this.#timer);
    const task = scene.grid.tasks[cell.task];
    if (task === undefined || run.cells[cell.task] === ".") return;
    const take = async (): Promise<void> => {
      const { items } = await this.#parts.client.query(readOf("listTaskRuns", taskInput(run.id, task)));
      if (this.#shown === cell) this.#write(scene, cell, taskText(items));
    };
    this.#timer = setTimeout(() => void take().catch(() => undefined), DWELL_MS);
  }
}

function tookText(run: GridRun): string {
  return run.startedAt === null ? "" : durationText(tookMs(run));
}

function taskText(rows: readonly TaskRun[]): string {
  const [first, ...others] = rows.filter(({ hook }) => hook === "");
  if (first === undefined) return "";
  const items = rows.filter(({ item }) => item !== "").length;
  return [tookText(first as unknown as GridRun), others.length > 0 && items > 0 ? `${items} items` : ""]
    .filter((text) => text !== "")
    .join(" · ");
}

/** What a run is about: its partition, or when it was made. */
function runText({ slice, createdAt }: GridRun, zone: string): string {
  return slice?.kind === "key" ? slice.key : instantText(Date.parse(createdAt), zone).slice(0, 16);
}
