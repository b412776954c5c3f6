import {
  type Alert,
  type AlertKind,
  type AlertState,
  type BackfillRow,
  type Finding,
  type FlowSpec,
  gatherAlert,
  isFailingSensor,
  judgeBackfill,
  judgeEnded,
  judgeLate,
  judgeOwed,
  judgePaused,
  judgeStuck,
  NO_ALERTS,
  type RunRow,
  type Store,
  sensorFinding,
  sensorKey,
  type TriggerRow,
  takeNews,
  tellFailure,
  type WatchedRun,
} from "@millrace/core";
import { type AlertSettings, alertFlow } from "./alert-settings.ts";
import type { EndedRun } from "./ended-runs.ts";
import { failureReason } from "./failure-reason.ts";

/** Unfinished runs that are looked at, at most; the newest. */
const MOST_RUNS = 5_000;
const MOST_BACKFILLS = 50;
/** What a flow's runs usually take is told by so many of them. */
const HISTORY_RUNS = 20;
/** Younger runs are never stuck, and nobody has to ask for their history, in milliseconds. */
const LEAST_AGE_MS = 10 * 60 * 1_000;
/** Reasons are read of so many failed runs in one go; the others are told without. */
const MOST_REASONS = 50;

/** Looks at a project for one moment, and says what people should be told of. */
export class ProjectJudge {
  readonly #store: Store;
  readonly #settings: AlertSettings;
  readonly #nowMs: number;
  readonly #kinds: ReadonlySet<AlertKind>;
  #reasons = 0;

  constructor(store: Store, settings: AlertSettings, nowMs: number) {
    this.#store = store;
    this.#settings = settings;
    this.#nowMs = nowMs;
    this.#kinds = new Set(settings.rules.flatMap(({ on }) => on));
  }

  /** What had happened before anybody watched is no news. */
  async begin(cursor: number): Promise<AlertState> {
    const found = await this.#backfills();
    const { told } = takeNews({}, new Set(found.map(({ key }) => key)), { nowMs: this.#nowMs, isAll: true });
    return { ...NO_ALERTS, cursor, told };
  }

  /** Runs that have ended, in their order. */
  async takeEnded(state: AlertState, runs: readonly EndedRun[]): Promise<AlertState> {
    let next = state;
    const hasDeadlines = [...this.#settings.flows.values()].some(({ policies }) => policies.deadline !== undefined);
    for (const { run, state: ended } of runs) {
      // Most runs end well after others that did: nobody has to ask which they are.
      const isWell = ended === "success" && Object.keys(next.failing).length === 0;
      if (!hasDeadlines && (isWell || ended === "cancelled")) continue;
      const row = await this.#store.history.findRun(run);
      if (row === undefined) continue;
      next = await this.#takeOne(next, row);
      if (hasDeadlines) next = this.#tell(next, this.#lateness(row), false);
    }
    return next;
  }

  async #takeOne(state: AlertState, row: RunRow): Promise<AlertState> {
    const reason = row.state === "failed" && row.backfill === null ? await this.#reasonOf(row) : null;
    const { failing, alert } = judgeEnded(state.failing, this.#watched(row), reason);
    if (alert === null) return failing === state.failing ? state : { ...state, failing };
    const now = failing[row.flow];
    if (now === undefined) return this.#gather({ ...state, failing }, [alert]);
    const told = tellFailure(this.#settings.rules, now, { alert, nowMs: this.#nowMs });
    return this.#gather({ ...state, failing: { ...failing, [row.flow]: told.failing } }, [alert], told.rules);
  }

  async #reasonOf(row: RunRow): Promise<string | null> {
    this.#reasons += 1;
    return this.#reasons > MOST_REASONS
      ? null
      : await failureReason(this.#store, row, this.#settings.flows.get(row.flow));
  }

  /** All that goes on, or stands still. */
  async lookAround(state: AlertState): Promise<AlertState> {
    const found = [
      ...(this.#wants("run.late", "run.stuck") ? await this.#openRuns() : []),
      ...(this.#wants("backfill.done") ? await this.#backfills() : []),
    ];
    if (!this.#wants("schedule.paused", "sensor.failing", "run.late")) return this.#tell(state, found, true);
    const rows = (await this.#store.triggers.list()).filter(({ retired }) => !retired);
    const works = new Set(rows.filter((row) => !isFailingSensor(row)).map(sensorKey));
    const told = Object.entries(state.told).filter(([key]) => !works.has(key));
    const isSame = told.length === Object.keys(state.told).length;
    const known = isSame ? state : { ...state, told: Object.fromEntries(told) };
    return this.#tell(known, [...found, ...(await this.#triggers(rows, known))], true);
  }

  #wants(...kinds: readonly AlertKind[]): boolean {
    return kinds.some((kind) => this.#kinds.has(kind));
  }

  async #openRuns(): Promise<readonly Finding[]> {
    const rows = await this.#store.history.listRuns({ states: ["queued", "running"], limit: MOST_RUNS });
    const found = rows.flatMap((row) => this.#lateness(row));
    const durations = new Map<string, readonly number[]>();
    for (const row of rows) {
      if (this.#nowMs - (row.startedAtMs ?? row.createdAtMs) < LEAST_AGE_MS) continue;
      const known = durations.get(row.flow) ?? (await this.#store.triggers.recentDurations(row.flow, HISTORY_RUNS));
      durations.set(row.flow, known);
      const stuck = judgeStuck(this.#watched(row), known, this.#nowMs);
      if (stuck !== undefined) found.push(stuck);
    }
    return found;
  }

  async #backfills(): Promise<readonly Finding[]> {
    const rows: readonly BackfillRow[] = await this.#store.triggers.listBackfills({ limit: MOST_BACKFILLS });
    return rows.flatMap((row) => judgeBackfill(row, alertFlow(this.#settings, row.flow), this.#nowMs) ?? []);
  }

  async #triggers(rows: readonly TriggerRow[], { told }: AlertState): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const row of rows) {
      const flow = alertFlow(this.#settings, row.flow);
      const startMs = deadlineOf(this.#settings.flows.get(row.flow))?.startMs ?? null;
      const owed = startMs === null ? undefined : judgeOwed(row, flow, { startMs, nowMs: this.#nowMs });
      found.push(...[judgePaused(row, flow) ?? [], owed ?? []].flat());
      if (!isFailingSensor(row)) continue;
      const reason = Object.hasOwn(told, sensorKey(row)) ? null : await this.#lastReason(row);
      found.push(sensorFinding(row, flow, { reason, nowMs: this.#nowMs }));
    }
    return found;
  }

  async #lastReason({ flow, name: trigger }: TriggerRow): Promise<string | null> {
    const [tick] = await this.#store.triggers.listTicks({ flow, trigger, limit: 1 });
    return tick?.reason ?? null;
  }

  #lateness(row: RunRow): Finding[] {
    const deadline = deadlineOf(this.#settings.flows.get(row.flow));
    return deadline === undefined ? [] : [...judgeLate(this.#watched(row), deadline, this.#nowMs)];
  }

  /** What is news among what was found. */
  #tell(state: AlertState, found: readonly Finding[], isAll: boolean): AlertState {
    const holding = new Set(found.map(({ key }) => key));
    const { news, told } = takeNews(state.told, holding, { nowMs: this.#nowMs, isAll });
    const alerts = found.filter(({ key }) => news.has(key)).map(({ alert }) => alert);
    return this.#gather(told === state.told ? state : { ...state, told }, alerts);
  }

  #gather(state: AlertState, alerts: readonly Alert[], rules = this.#settings.rules): AlertState {
    if (alerts.length === 0) return state;
    let { groups } = state;
    for (const alert of alerts) groups = gatherAlert(groups, rules, { alert, nowMs: this.#nowMs });
    return { ...state, groups };
  }

  #watched(row: RunRow): WatchedRun {
    return {
      id: row.id,
      flow: alertFlow(this.#settings, row.flow),
      state: row.state,
      ofBackfill: row.backfill !== null,
      // Whoever runs something again does so long after its tick.
      dueAtMs: row.rerunOf === null ? (row.scheduledAtMs ?? row.createdAtMs) : row.createdAtMs,
      createdAtMs: row.createdAtMs,
      startedAtMs: row.startedAtMs,
      endedAtMs: row.endedAtMs,
    };
  }
}

function deadlineOf(spec: FlowSpec | undefined): FlowSpec["policies"]["deadline"] {
  return spec?.policies.deadline;
}
