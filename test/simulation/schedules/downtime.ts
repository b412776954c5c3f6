import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { type Artifacts, type CatchupPolicy, type Clock, type CommandId, encode, type Store } from "@millrace/core";
import { Engine } from "@millrace/engine";
import { InProcessExecutor } from "@millrace/testing";
import { flowOf } from "@millrace/testing/simulation";
import { auditTicks, type ExpectedTicks, type TickAudit } from "../../invariants/audit-ticks.ts";
import { SimulatedDefinitions, versionId } from "../definitions.ts";
import { scheduleOf } from "./told-schedules.ts";
import { ticksOnTheWall } from "./wall-clock.ts";

const HOUR_MS = 3_600_000;
/** When nobody is there any more, and for how long. In these days clocks change in some of the zones. */
const LEFT_MS = Date.UTC(2026, 2, 27, 12, 30);
const DOWN_MS = 72 * HOUR_MS;
const BACK_MS = LEFT_MS + DOWN_MS;
const ZONES = ["Europe/Zurich", "America/New_York", "Asia/Tokyo", "Asia/Jerusalem", "UTC"];
const SCHEDULES_A_FLOW = 10;
const ASK_EVERY_MS = 25;
const LOOK_EVERY_MS = 100;

const WITHIN_MS = 24 * HOUR_MS;
const POLICIES: readonly CatchupPolicy[] = [
  { kind: "none" },
  { kind: "newest" },
  { kind: "last", count: 3 },
  { kind: "within", ms: WITHIN_MS },
  { kind: "all" },
];

export interface DowntimeOptions {
  readonly store: Store;
  readonly schedules: number;
  /** After so long it is given up, in milliseconds of real time. */
  readonly limitMs: number;
}

export interface Downtime {
  readonly ticks: TickAudit;
  /** How long each question took that somebody asked meanwhile, in milliseconds. */
  readonly answersMs: readonly number[];
  /** Until every tick was decided and every run had ended. */
  readonly seconds: number;
}

interface Told {
  readonly flow: string;
  readonly name: string;
  readonly minute: number;
  readonly timeZone: string;
  readonly catchup: CatchupPolicy;
}

/**
 * Schedules of every hour, of every policy, that were left off for three days: the real engine and store come back to
 * them, and somebody asks this and that meanwhile.
 */
export async function comeBack({ store, schedules, limitMs }: DowntimeOptions): Promise<Downtime> {
  const told = Array.from({ length: schedules }, (_, index) => toldSchedule(index));
  const definitions = await saveFlows(store, told);
  const before = await Server.start(store, definitions, LEFT_MS);
  await until(limitMs, async () => (await store.triggers.list()).length === told.length);
  await before.stop();
  const begunAt = performance.now();
  const after = await Server.start(store, definitions, BACK_MS);
  const visitor = new Visitor(store, after);
  await until(limitMs, async () => after.isIdle && (await isSettled(store)));
  const seconds = (performance.now() - begunAt) / 1_000;
  const answersMs = await visitor.leave();
  await after.stop();
  return { ticks: await auditTicks(store, told.map(expectedOf)), answersMs, seconds };
}

/** Between half past and five past nothing is due, so that what is made up for is all there is. */
function toldSchedule(index: number): Told {
  const flow = `flow-${Math.floor(index / SCHEDULES_A_FLOW)}`;
  const timeZone = ZONES[Math.floor(index / POLICIES.length) % ZONES.length] ?? "UTC";
  const minute = 5 + (index % 20);
  return {
    flow,
    name: `schedule-${index}`,
    minute,
    timeZone,
    catchup: POLICIES[index % POLICIES.length] ?? { kind: "none" },
  };
}

async function saveFlows(store: Store, told: readonly Told[]): Promise<SimulatedDefinitions> {
  const definitions = new SimulatedDefinitions();
  const flows = new Map<string, Told[]>();
  for (const one of told) flows.set(one.flow, [...(flows.get(one.flow) ?? []), one]);
  const specs = Array.from(flows, ([flow, own]) =>
    flowOf(flow, (sketch) => sketch.task("work"), {
      schedules: own.map(({ name, minute, timeZone, catchup }) =>
        scheduleOf(name, `${minute} * * * *`, { timeZone, catchup }),
      ),
    }),
  );
  const id = versionId(1);
  const manifest = definitions.add(id, [...specs, flowOf("asked", (sketch) => sketch.task("work"))]);
  await store.saveVersion({ id, createdAtMs: LEFT_MS, manifest, dependencies: {}, files: [] });
  await store.activateVersion(id, LEFT_MS);
  return definitions;
}

/** By hand: the last of all hours that were missed, those of a day, … */
function expectedOf({ flow, name, minute, timeZone, catchup }: Told): ExpectedTicks {
  const pattern = { steps: true, isNamed: (at: { minute: number }) => at.minute === minute };
  const missed = ticksOnTheWall(pattern, timeZone, { afterMs: LEFT_MS, untilMs: BACK_MS });
  return { flow, schedule: name, instants: caughtUp(missed, catchup) };
}

function caughtUp(missed: readonly number[], policy: CatchupPolicy): readonly number[] {
  switch (policy.kind) {
    case "none":
      return [];
    case "newest":
      return missed.slice(-1);
    case "last":
      return missed.slice(-policy.count);
    case "within":
      return missed.filter((at) => at >= BACK_MS - policy.ms);
    case "all":
      return missed;
  }
}

/** No tick is owed, and every schedule knows that time has passed. */
async function isSettled(store: Store): Promise<boolean> {
  const rows = await store.triggers.list();
  return rows.every(({ owed, cursorMs }) => owed.length === 0 && (cursorMs ?? 0) > LEFT_MS + HOUR_MS);
}

/** An engine that takes it for such and such a time. */
class Server {
  readonly #engine: Engine;
  readonly #release: () => Promise<void>;
  #asked = 0;

  private constructor(engine: Engine, release: () => Promise<void>) {
    this.#engine = engine;
    this.#release = release;
  }

  static async start(store: Store, definitions: SimulatedDefinitions, nowMs: number): Promise<Server> {
    const leadership = await store.lead("downtime");
    if (leadership === undefined) throw new Error("somebody else leads");
    const clock = clockFrom(nowMs);
    const executor = new InProcessExecutor(clock, 16, async () => ({
      state: "success",
      output: { kind: "inline", text: encode(null) },
    }));
    const artifacts = {} as Artifacts;
    const ports = {
      clock,
      chance: Math.random,
      soon: setImmediate,
      store,
      leadership,
      executor,
      definitions,
      artifacts,
    };
    const onFatal = (error: Error): never => {
      throw error;
    };
    const engine = new Engine(ports, { pools: {}, schedules: true, onFatal });
    await engine.start();
    return new Server(engine, () => leadership.release());
  }

  get isIdle(): boolean {
    const { runs, busy, waiting } = this.#engine.load;
    return runs + busy + waiting === 0;
  }

  async request(): Promise<void> {
    this.#asked += 1;
    await this.#engine.submit({
      id: `asked ${this.#asked}` as CommandId,
      actor: "visitor",
      createdAtMs: BACK_MS,
      command: {
        kind: "request_run",
        flow: "asked",
        params: encode({}),
        window: null,
        version: null,
        selection: null,
        idempotencyKey: null,
      },
    });
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    await this.#release();
  }
}

/** Somebody who looks at lists and asks for a run now and then, as pages and programs do. */
class Visitor {
  readonly #answersMs: number[] = [];
  readonly #visit: Promise<void>;
  #isLeaving = false;

  constructor(store: Store, server: Server) {
    const questions = [
      () => store.history.listRuns({ limit: 50 }),
      () => store.triggers.listTicks({ limit: 50 }),
      () => store.history.listRuns({ limit: 50, flow: "flow-1", states: ["queued", "running"] }),
      () => server.request(),
    ];
    this.#visit = this.#ask(questions);
  }

  async #ask(questions: readonly (() => Promise<unknown>)[]): Promise<void> {
    while (!this.#isLeaving) {
      for (const question of questions) {
        const askedAt = performance.now();
        await question();
        this.#answersMs.push(performance.now() - askedAt);
      }
      await pause(ASK_EVERY_MS);
    }
  }

  async leave(): Promise<readonly number[]> {
    this.#isLeaving = true;
    await this.#visit;
    return this.#answersMs;
  }
}

/** A clock that was set to an instant, and goes on from there. */
function clockFrom(startMs: number): Clock {
  const offset = startMs - performance.now();
  const now = (): number => Math.floor(performance.now() + offset);
  const after: Clock["after"] = (ms, callback) => {
    const timer = setTimeout(callback, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
    return () => clearTimeout(timer);
  };
  const at: Clock["at"] = (instantMs, callback) => {
    let cancel = (): void => {};
    const wait = (): void => {
      cancel = after(instantMs - now(), () => (now() < instantMs ? wait() : callback()));
    };
    wait();
    return () => cancel();
  };
  return { now, at, after };
}

async function until(limitMs: number, isOver: () => Promise<boolean>): Promise<void> {
  const begunAt = performance.now();
  while (!(await isOver())) {
    if (performance.now() - begunAt > limitMs) throw new Error(`not over after ${limitMs / 1_000} s`);
    await pause(LOOK_EVERY_MS);
  }
}
