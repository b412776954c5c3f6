import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type AlertDelivery,
  type AlertRule,
  type BackfillRow,
  type Changes,
  type Clock,
  type EncodedText,
  type EventRow,
  type FlowSpec,
  type Leadership,
  makeRunId,
  ROOT_ITEM,
  type RunRow,
  type Store,
  type TriggerRow,
  type VersionId,
} from "@millrace/core";
import { openStore } from "@millrace/store";
import { onTestFinished } from "vitest";
import { settingsOf } from "../../src/alerts/alert-settings.ts";
import { AlertWatch } from "../../src/alerts/alert-watch.ts";

export const START = 1_767_225_600_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const NOTHING = "{}" as EncodedText;
const VERSION = "a".repeat(64) as VersionId;

const NO_CHANGES: Changes = {
  runs: [],
  taskRuns: [],
  attempts: [],
  outputs: [],
  events: [],
  reports: [],
  cacheEntries: [],
  answers: [],
  pools: [],
  rates: [],
  triggers: [],
  ticks: [],
  backfills: [],
  partitionKeys: [],
};

/** A clock that stands still unless it is moved; nothing rings by itself. */
class StandingClock implements Clock {
  #nowMs = START;

  now(): number {
    return this.#nowMs;
  }

  at(): () => void {
    return () => undefined;
  }

  after(): () => void {
    return () => undefined;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

export function rule(changed: Partial<AlertRule> = {}): AlertRule {
  const url = { kind: "plain", text: "https://hooks.example.org" } as const;
  return {
    name: "on-call",
    on: ["run.failed", "run.recovered", "run.late", "run.stuck", "backfill.done", "schedule.paused", "sensor.failing"],
    flows: ["*"],
    owners: null,
    tags: null,
    quietMs: 10_000,
    withinMs: MINUTE,
    repeatMs: 0,
    channels: [{ kind: "slack", name: "slack", url, privateNetwork: false }],
    ...changed,
  };
}

/** A store that a leader writes, and those who watch it, on a clock that is moved by hand. */
export class WatchedProject {
  readonly clock = new StandingClock();
  readonly store: Store;
  readonly #leadership: Leadership;
  rules: readonly AlertRule[] = [rule()];
  flows: readonly Partial<FlowSpec>[] = [];
  isLeading = true;
  readonly errors: unknown[] = [];
  #seq = 0;
  /** Who is told of what is committed. */
  #listening: AlertWatch[] = [];

  static async open(whenOver: (end: () => Promise<void>) => void = onTestFinished): Promise<WatchedProject> {
    const dir = mkdtempSync(path.join(tmpdir(), "millrace-alerts-"));
    const store = await openStore({ kind: "sqlite", path: path.join(dir, "millrace.db") });
    whenOver(async () => {
      await store.close();
      rmSync(dir, { recursive: true });
    });
    const leadership = await store.lead("test");
    if (leadership === undefined) throw new Error("somebody else leads");
    return new WatchedProject(store, leadership);
  }

  private constructor(store: Store, leadership: Leadership) {
    this.store = store;
    this.#leadership = leadership;
  }

  /** Another process that watches. @param hears whether it is told of what is committed. */
  watch({ hears = true } = {}): AlertWatch {
    const watch = new AlertWatch({
      store: this.store,
      clock: this.clock,
      chance: Math.random,
      settings: async () =>
        settingsOf({ alerts: this.rules, publicUrl: "https://mill.example.org" }, this.flows as readonly FlowSpec[]),
      isLeading: () => this.isLeading,
      onDeliveries: () => undefined,
      onError: (error) => this.errors.push(error),
    });
    if (hears) this.#listening.push(watch);
    return watch;
  }

  /** A run that ends now. */
  async run(state: "success" | "failed", changed: Partial<RunRow> = {}): Promise<RunRow> {
    const [run] = await this.runs([{ state, ...changed }]);
    return run as RunRow;
  }

  /** Runs that end now, all in one commit. */
  async runs(ended: readonly Partial<RunRow>[]): Promise<readonly RunRow[]> {
    const runs = ended.map((changed) => this.row({ endedAtMs: this.clock.now(), ...changed }));
    await this.commit({
      runs,
      events: runs.flatMap((run) => [eventOf(run, "run.queued"), eventOf(run, "run.finished")]),
    });
    return runs;
  }

  row(changed: Partial<RunRow> = {}): RunRow {
    const nowMs = this.clock.now();
    const id = changed.id ?? makeRunId(nowMs, Math.random);
    return {
      id,
      flow: "orders",
      version: VERSION,
      state: "running",
      params: NOTHING,
      window: { startMs: nowMs, endMs: nowMs },
      scheduledAtMs: null,
      slice: null,
      backfill: null,
      trigger: { kind: "manual", actor: "ada" },
      selection: null,
      idempotencyKey: null,
      concurrencyKey: null,
      taskKeys: null,
      class: "live",
      rerunOf: null,
      rootRun: id,
      createdAtMs: nowMs,
      startedAtMs: nowMs,
      endedAtMs: null,
      error: null,
      settled: changed.endedAtMs !== undefined,
      cancelRequested: false,
      ...changed,
    };
  }

  async commit(changed: Partial<Changes>): Promise<void> {
    await this.store.commit(this.#leadership.epoch, { ...NO_CHANGES, ...changed });
    const { events = [] } = changed;
    this.#seq += events.length;
    for (const watch of this.#listening) watch.take(events, this.#seq);
  }

  /** Time passes, and somebody looks. */
  async look(watch: AlertWatch, afterMs = 0): Promise<void> {
    this.clock.pass(afterMs);
    watch.start();
    await watch.stop();
    if (this.errors.length > 0) throw this.errors[0];
  }

  /** What there is to be said, the oldest first. */
  async deliveries(): Promise<readonly AlertDelivery[]> {
    return [...(await this.store.alerts.list({ limit: 1_000 }))].reverse();
  }

  async titles(): Promise<readonly string[]> {
    return (await this.deliveries()).map(({ message }) => message.title);
  }
}

function eventOf(run: RunRow, type: EventRow["type"]): EventRow {
  const data = type === "run.finished" ? `{"state":"${run.state}"}` : null;
  return { run: run.id, atMs: run.createdAtMs, type, node: -1, item: ROOT_ITEM, attempt: null, data };
}

export function triggerRow(changed: Partial<TriggerRow> = {}): TriggerRow {
  return {
    flow: "orders",
    name: "default",
    kind: "schedule",
    fingerprint: "",
    schedule: null,
    sinceMs: START,
    cursorMs: null,
    owed: [],
    sensorCursor: null,
    gathered: [],
    madeAtMs: [],
    paused: null,
    failures: 0,
    retired: false,
    ...changed,
  };
}

export function backfillRow(changed: Partial<BackfillRow>): BackfillRow {
  return {
    id: "B1",
    flow: "orders",
    actor: "ada",
    createdAtMs: START,
    endedAtMs: null,
    state: "running",
    request: {},
    version: VERSION,
    window: { startMs: START, endMs: START },
    plan: { runs: 3, windows: 3, left: { exists: 0, "in flight": 0 }, pieces: [] },
    atOnce: null,
    made: 3,
    succeeded: 3,
    failed: 0,
    cancelled: 0,
    retriedAtMs: null,
    reason: null,
    ...changed,
  } as BackfillRow;
}
