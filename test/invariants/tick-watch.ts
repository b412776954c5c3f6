import type { Changes, RunId, RunRow, TickRow, TriggerRow } from "@millrace/core";

/** Names the ticks of one schedule, or the events of one trigger. */
export interface TriggerName {
  readonly flow: string;
  readonly trigger: string;
}

/**
 * Looks at what becomes durable of schedules and triggers, at the moment at which it does: a tick makes one run and is
 * decided once, the run and the tick are written together, and no cursor goes back.
 */
export class TickWatch {
  readonly #wrong: string[];
  /** By schedule or trigger, and there by instant and key. */
  readonly #ticks = new Map<string, Map<string, TickRow>>();
  readonly #rows = new Map<string, TriggerRow>();
  readonly #runs = new Map<RunId, RunRow>();
  /** By schedule, instant and key, the run that was made for it. */
  readonly #made = new Map<string, RunId>();
  /** When each schedule was first followed. */
  readonly #since = new Map<string, number>();

  constructor(wrong: string[]) {
    this.#wrong = wrong;
  }

  committed({ runs, ticks, triggers }: Pick<Changes, "runs" | "ticks" | "triggers">): void {
    for (const run of runs) if (!this.#runs.has(run.id)) this.#newRun(run, ticks);
    for (const tick of ticks) this.#tick(tick);
    for (const row of triggers) this.#trigger(row);
  }

  /** What was decided of a schedule's ticks, by instant. */
  ticksOf(of: TriggerName): readonly TickRow[] {
    return [...(this.#ticks.get(nameOf(of))?.values() ?? [])].sort((one, other) => one.atMs - other.atMs);
  }

  /** Undefined: it never was. */
  sinceOf(of: TriggerName): number | undefined {
    return this.#since.get(nameOf(of));
  }

  rowOf(of: TriggerName): TriggerRow | undefined {
    return this.#rows.get(nameOf(of));
  }

  #newRun(run: RunRow, ticks: readonly TickRow[]): void {
    this.#runs.set(run.id, run);
    const { flow, trigger } = run;
    if (trigger.kind !== "schedule") return;
    const { schedule, atMs } = trigger;
    const what = `tick ${isoOf(atMs)} of ${flow}/${schedule}`;
    const key = `${nameOf({ flow, trigger: schedule })}\n${atMs}`;
    const twin = this.#made.get(key);
    if (twin !== undefined) this.#wrong.push(`${what} made run ${run.id}, and had made run ${twin}`);
    this.#made.set(key, run.id);
    const own = ticks.find((tick) => tick.flow === flow && tick.trigger === schedule && tick.atMs === atMs);
    if (own?.outcome !== "run" || own.run !== run.id) {
      this.#wrong.push(`run ${run.id} was written without the ${what} that made it`);
    }
    if (run.scheduledAtMs !== atMs) this.#wrong.push(`run ${run.id} of ${what} says another instant`);
    if (run.window.endMs !== atMs || run.window.startMs > atMs)
      this.#wrong.push(`run ${run.id} has not the window of ${what}`);
  }

  #tick(tick: TickRow): void {
    const { atMs, key, outcome, run } = tick;
    const name = nameOf(tick);
    const what = `tick ${isoOf(atMs)} ${key} of ${tick.flow}/${tick.trigger}`;
    const ticks = this.#ticks.get(name) ?? new Map<string, TickRow>();
    this.#ticks.set(name, ticks);
    const before = ticks.get(`${atMs}/${key}`);
    if (before !== undefined) {
      this.#wrong.push(`${what} was decided twice: ${before.outcome}, then ${outcome}`);
      return;
    }
    ticks.set(`${atMs}/${key}`, tick);
    if (outcome === "run" && (run === null || !this.#runs.has(run)))
      this.#wrong.push(`${what} made a run that is not there`);
  }

  #trigger(row: TriggerRow): void {
    const name = nameOf({ flow: row.flow, trigger: row.name });
    const before = this.#rows.get(name);
    this.#rows.set(name, row);
    if (!this.#since.has(name)) this.#since.set(name, row.cursorMs ?? row.sinceMs);
    if (row.kind !== "schedule" || before === undefined || before.cursorMs === null) return;
    if (row.cursorMs === null || row.cursorMs < before.cursorMs) {
      this.#wrong.push(`the cursor of ${row.flow}/${row.name} went back from ${before.cursorMs} to ${row.cursorMs}`);
    }
  }
}

function nameOf({ flow, trigger }: TriggerName): string {
  return `${flow}\n${trigger}`;
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
