import {
  type Artifacts,
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Changes,
  type CommandId,
  type Executor,
  encode,
  errorInfo,
  type Leadership,
  type ReportAnswer,
  ROOT_ITEM,
  type RunId,
  type Store,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { VirtualClock } from "@millrace/testing";
import { flowOf } from "@millrace/testing/simulation";
import { Chance } from "./chance.ts";
import { SimulatedDefinitions, versionId } from "./definitions.ts";

const TASKS = 24;
const AT_ONCE = 200;
const NOTHING: Changes = {
  runs: [],
  taskRuns: [],
  attempts: [],
  outputs: [],
  events: [],
  reports: [],
  cacheEntries: [],
  triggers: [],
  ticks: [],
  backfills: [],
  partitionKeys: [],
  pools: [],
  rates: [],
  answers: [],
};

export interface StaleWrites {
  readonly writes: number;
  /** Had an effect, or were answered as if they had. */
  readonly accepted: number;
  /** Were answered `gone`; a commit of a former leader, with `LEADERSHIP_LOST`. */
  readonly gone: number;
  readonly byKind: Readonly<Record<string, number>>;
}

/**
 * Says things about attempts that are not any more: that were retried, lost with a former leader, cancelled, or that have
 * ended; and about some that never were. Commits of the former leader are among them. Nothing of it may show in the store.
 */
export async function writeStale(store: Store, options: { writes: number; seed: number }): Promise<StaleWrites> {
  const stage = new Stage(store);
  const stale = await stage.prepare();
  const before = await dump(store);
  const chance = new Chance(options.seed);
  const byKind: Record<string, number> = {};
  let [gone, accepted, sent] = [0, 0, 0];
  while (sent < options.writes) {
    const reports: AttemptReport[] = [];
    for (let count = Math.min(AT_ONCE, options.writes - sent); count > 0; count -= 1) {
      sent += 1;
      const one = chance.pick(stale);
      if (chance.happens(0.1)) {
        byKind["commit"] = (byKind["commit"] ?? 0) + 1;
        if (await stage.commitAsBefore(one)) accepted += 1;
        else gone += 1;
        continue;
      }
      const report = staleReport(one, chance);
      const kind = report.kind === "ended" ? `ended ${report.outcome.state}` : report.kind;
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      reports.push(report);
    }
    const answers = await stage.say(reports);
    gone += answers.filter((answer) => answer === "gone").length;
    accepted += answers.filter((answer) => answer === "recorded").length;
  }
  // What shows in the store was accepted, whatever the answers said.
  if ((await dump(store)) !== before) accepted += 1;
  await stage.close();
  return { writes: sent, accepted, gone, byKind };
}

/** An attempt that nobody waits for, and how it ended as far as anybody knows. */
interface StaleAttempt {
  readonly run: RunId;
  readonly attempt: AttemptId;
  readonly ended: AttemptOutcome["state"] | null;
}

function staleReport({ run, attempt, ended }: StaleAttempt, chance: Chance): AttemptReport {
  const base = { run, attempt, epoch: 1 as Leadership["epoch"] };
  const kind = chance.between(0, 9);
  if (kind < 2) return { ...base, kind: "started", atMs: 0, pid: 1 };
  if (kind < 4) return { ...base, kind: "data", data: { kind: "custom", payload: "stale" } };
  const error = errorInfo("PROCESS_DIED", "stale");
  const outcomes: readonly AttemptOutcome[] = [
    { state: "success", output: { kind: "inline", text: encode("stale") } },
    { state: "failed", error, retryable: true, retryAfterMs: null },
    { state: "timed_out", error },
    { state: "cancelled" },
    { state: "lost", error, spendsCrashBudget: true },
    { state: "yielded", carry: encode("stale"), until: { kind: "time", resumeAtMs: 0 } },
  ];
  // The same outcome said again is no stale write: it is a success, twice.
  return { ...base, kind: "ended", atMs: 0, outcome: chance.pick(outcomes.filter(({ state }) => state !== ended)) };
}

/** Two leaders, one after the other, and an executor that the test plays. */
class Stage {
  readonly #store: Store;
  readonly #clock = new VirtualClock();
  readonly #definitions = new SimulatedDefinitions();
  #hands = new Hands();
  #engine!: Engine;
  #leadership!: Leadership;
  #formerEpoch!: Leadership["epoch"];

  constructor(store: Store) {
    this.#store = store;
  }

  /** Gives attempts that are stale in every way there is. */
  async prepare(): Promise<readonly StaleAttempt[]> {
    const id = versionId(1);
    const flow = flowOf("flow", (sketch) => {
      for (let task = 0; task < TASKS; task += 1)
        sketch.task(`task${task}`, { retries: { limit: 9, delay: { kind: "fixed", ms: 0 } } });
    });
    const manifest = this.#definitions.add(id, [flow]);
    await this.#store.saveVersion({ id, createdAtMs: 0, manifest, dependencies: {}, files: [] });
    await this.#store.activateVersion(id, 0);
    await this.#lead();
    const kept = await this.#request("kept");
    const cancelled = await this.#request("cancelled");
    const stale: StaleAttempt[] = [];
    for (const { run, attempt, node } of this.#hands.orders.splice(0)) {
      const ended = run === cancelled ? "cancelled" : (["failed", "lost", "success", null] as const)[node % 4];
      stale.push({ run, attempt, ended: ended ?? "lost" });
      if (run === kept && ended !== null && ended !== undefined) this.#hands.end({ run, attempt }, ended);
    }
    await this.#submit("cancel", { kind: "cancel_run", run: cancelled });
    await this.#quiet();
    for (const one of stale) if (one.run === cancelled) this.#hands.end(one, "cancelled");
    await this.#quiet();
    await this.#changeLeader();
    const never = Array.from({ length: 5 }, (_, index) => ({
      run: index % 2 === 0 ? kept : (String(index).repeat(26) as RunId),
      attempt: (1_000_000 + index) as AttemptId,
      ended: null,
    }));
    return [...stale, ...never];
  }

  /** Another leads, with another executor: what was alive is lost, and tried again there. */
  async #changeLeader(): Promise<void> {
    this.#formerEpoch = this.#leadership.epoch;
    await this.#leadership.release();
    this.#hands = new Hands();
    await this.#lead();
    await this.#quiet();
  }

  async #lead(): Promise<void> {
    const leadership = await this.#store.lead("stale writes");
    if (leadership === undefined) throw new Error("somebody else leads");
    this.#leadership = leadership;
    const chance = new Chance("engine");
    this.#engine = new Engine(
      {
        clock: this.#clock,
        chance: () => chance.next(),
        soon: setImmediate,
        store: this.#store,
        leadership,
        executor: this.#hands,
        definitions: this.#definitions,
        artifacts: {} as Artifacts,
      },
      { pools: {}, watchdogMs: null },
    );
    await this.#engine.start();
  }

  async #request(id: string): Promise<RunId> {
    const request = { flow: "flow", params: encode({}), window: null, version: null, selection: null };
    return this.#submit(id, { kind: "request_run", ...request, idempotencyKey: null });
  }

  async #submit(id: string, command: Parameters<Engine["submit"]>[0]["command"]): Promise<RunId> {
    const answer = await this.#engine.submit({ id: id as CommandId, actor: "test", createdAtMs: 0, command });
    if (!answer.ok || answer.run === null) throw new Error(`${id} was refused`);
    await this.#quiet();
    return answer.run;
  }

  async #quiet(): Promise<void> {
    do {
      // What was said may not have been taken up yet.
      await new Promise<void>((resolve) => setImmediate(resolve));
      await this.#engine.whenQuiet();
    } while (this.#clock.advanceToNext());
  }

  /** Reports all of it, and gives the answers. */
  async say(reports: readonly AttemptReport[]): Promise<readonly ReportAnswer[]> {
    this.#hands.answers.length = 0;
    for (const report of reports) this.#hands.onReport(report);
    await this.#quiet();
    return this.#hands.answers;
  }

  /** Writes, with the epoch of the former leader, that a task has succeeded. True when that was written. */
  async commitAsBefore({ run, attempt }: StaleAttempt): Promise<boolean> {
    const value = { kind: "inline", text: encode("stale") } as const;
    const event = { run, atMs: 0, type: "task.finished", node: 0, item: ROOT_ITEM, attempt, data: null } as const;
    try {
      const outputs = [{ run, node: 0, item: ROOT_ITEM, value }];
      await this.#store.commit(this.#formerEpoch, { ...NOTHING, outputs, events: [event] });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== "LEADERSHIP_LOST") throw error;
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#leadership.release();
  }
}

/** An executor in the hands of the test: attempts live until the test ends them. */
class Hands implements Executor {
  readonly capacity = 10 * TASKS;
  readonly orders: AttemptOrder[] = [];
  readonly answers: ReportAnswer[] = [];
  readonly #alive = new Set<AttemptId>();
  onReport: (report: AttemptReport) => void = () => {};

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.onReport = onReport;
  }

  async stop(): Promise<void> {}

  startAttempt(order: AttemptOrder): void {
    this.orders.push(order);
    this.#alive.add(order.attempt);
  }

  end(
    { run, attempt }: Pick<StaleAttempt, "run" | "attempt">,
    state: "failed" | "lost" | "success" | "cancelled",
  ): void {
    const error = errorInfo("PROCESS_DIED", "it ends");
    const outcomes = {
      failed: { state: "failed", error, retryable: true, retryAfterMs: null },
      lost: { state: "lost", error, spendsCrashBudget: false },
      success: { state: "success", output: { kind: "inline", text: encode("real") } },
      cancelled: { state: "cancelled" },
    } as const satisfies Record<string, AttemptOutcome>;
    this.#alive.delete(attempt);
    this.onReport({ kind: "ended", run, attempt, epoch: 1 as Leadership["epoch"], atMs: 0, outcome: outcomes[state] });
  }

  cancelAttempt(): void {}

  acknowledge(_attempt: AttemptId, answer: ReportAnswer): void {
    this.answers.push(answer);
  }

  alive(): readonly AttemptId[] {
    return [...this.#alive];
  }
}

/** Everything that the store shows, as one text. */
async function dump(store: Store): Promise<string> {
  const parts: unknown[] = [await store.history.lastEventSeq()];
  for (const run of await store.history.listRuns({ limit: 100 })) {
    parts.push(run, await store.history.listTaskRuns(run.id), await store.history.listAttempts(run.id));
    parts.push(await store.history.listReports(run.id), await store.history.listEvents(run.id, 0, 100_000));
    for (let node = 0; node < TASKS; node += 1) parts.push(await store.findOutputs(run.id, node));
  }
  return JSON.stringify(parts);
}
