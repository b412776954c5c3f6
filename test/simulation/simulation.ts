import { type Command, encode, type FlowSpec, type RunId } from "@millrace/core";
import type { Engine } from "@millrace/engine";
import { auditStore } from "../invariants/audit.ts";
import { CommitWatch } from "../invariants/commit-watch.ts";
import { isMarked } from "../invariants/task-runs.ts";
import type { StoreName } from "../scoreboard/row.ts";
import { Chance } from "./chance.ts";
import { Client } from "./client.ts";
import type { CrashPoints } from "./crash-points.ts";
import { type DatabasePlace, memoryPlace, postgresPlace, sqlitePlace } from "./database-place.ts";
import { SimulatedDefinitions, versionId } from "./definitions.ts";
import { Link, type LinkSurroundings, linkedStore } from "./link.ts";
import { Network } from "./network.ts";
import { People } from "./people.ts";
import { childFlow, drawParts, POOLS, randomFlow } from "./random-flows.ts";
import { missingTicks, SCHEDULED_FLOW, SCHEDULES_LAST_MS, scheduledFlow } from "./scheduled-flow.ts";
import { Script } from "./script.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { Timeline } from "./timeline.ts";
import { Troubles } from "./troubles.ts";
import { ValueWatch } from "./value-watch.ts";
import { drawStorm, FAIR, type Weather } from "./weather.ts";
import { Worker } from "./worker.ts";

const SERVERS = 3;
const WORKERS = 8;
const START_MS = Date.UTC(2026, 0, 1);
/** No tick is due after this. */
const SCHEDULES_END_MS = START_MS + SCHEDULES_LAST_MS;
const LOOK_EVERY_MS = 250;
/** When all is well again, everything is over within this, beyond what flows wait for by themselves. */
export const CONVERGES_WITHIN_MS = 60_000;
/** A task that could run and does not for so many looks in a row, longer than any call takes, has been forgotten. */
const IDLE_LOOKS = 20;
/** Nobody is told of runs that schedules and tasks make. */
const MADE_BY_ITSELF: readonly string[] = ["flow_run", "schedule"];

export interface SimulationOptions {
  readonly seed: number;
  readonly store: StoreName;
  /** Nothing goes wrong by itself; at one of these points something may. */
  readonly points?: CrashPoints;
  /** The address of an empty database, for `postgres`. */
  readonly url?: string;
  /** Is told the whole story. */
  readonly onLine?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** Things that happened, without those of long waits in which nothing else was left to do. */
  readonly steps: number;
  readonly runs: number;
  readonly taskRuns: number;
  /** How often machines had which trouble. */
  readonly troubles: Readonly<Record<string, number>>;
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** From when nothing was waited for any more until everything was over. */
  readonly convergedMs: number;
  /** Stands for the whole story. */
  readonly digest: string;
}

/** Plays one simulation to its end. The same options give the same result, to the last bit. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const timeline = new Timeline(START_MS);
  timeline.onLine = options.onLine;
  const simulation = new Simulation(options, timeline, openPlace(options, timeline));
  try {
    return await simulation.play();
  } finally {
    await simulation.close();
  }
}

function openPlace({ store, url }: SimulationOptions, timeline: Timeline): DatabasePlace {
  switch (store) {
    case "memory":
      return memoryPlace(timeline);
    case "sqlite":
      return sqlitePlace();
    case "postgres":
      if (url === undefined) throw new Error("a simulation on PostgreSQL needs an address");
      return postgresPlace(url);
  }
}

class Simulation {
  readonly #seed: number;
  readonly #points: CrashPoints | undefined;
  readonly #timeline: Timeline;
  readonly #place: DatabasePlace;
  readonly #chance: Chance;
  readonly #definitions = new SimulatedDefinitions();
  readonly #watch: CommitWatch;
  readonly #people: People;
  readonly #values: ValueWatch;
  readonly #script: Script;
  readonly #storm: Weather;
  readonly #servers: readonly SimulatedServer[];
  readonly #workers: readonly Worker[];
  readonly #troubles: Troubles;
  readonly #link: LinkSurroundings;
  #weather: Weather = FAIR;
  #client!: Client;
  #raw!: Awaited<ReturnType<DatabasePlace["open"]>>;
  /** Made while all was well and a flow waited, as it may for an hour when a clock was an hour ahead. */
  #waitingSteps = 0;
  /** Until then an engine may wait for a commit. */
  #stuckUntilMs = 0;
  readonly #idle = new Map<string, number>();

  constructor({ seed, points }: SimulationOptions, timeline: Timeline, place: DatabasePlace) {
    const chance = new Chance(seed);
    this.#seed = seed;
    this.#points = points;
    this.#timeline = timeline;
    this.#place = place;
    this.#chance = chance;
    this.#watch = new CommitWatch((version, flow) => this.#definitions.specOf(version, flow), POOLS);
    this.#people = new People({
      client: () => this.#client,
      chance,
      watch: this.#watch,
      specOf: (version, flow) => this.#definitions.specOf(version, flow),
    });
    this.#values = new ValueWatch(this.#watch);
    this.#script = new Script(seed);
    this.#storm = points === undefined ? drawStorm(chance) : FAIR;
    const network = new Network(timeline, chance, () => this.#weather);
    const names = Array.from({ length: WORKERS }, (_, index) => `worker ${index + 1}`);
    this.#workers = names.map((name) => new Worker(name, { timeline, network, script: this.#script }));
    this.#link = {
      timeline,
      chance,
      weather: () => this.#weather,
      isDown: () => this.#troubles.isDatabaseAway,
      isInside: place.isInside,
      points,
      stuckUntil: (atMs) => {
        this.#stuckUntilMs = Math.max(this.#stuckUntilMs, atMs);
      },
    };
    const around = {
      timeline,
      chance,
      place,
      network,
      link: this.#link,
      watch: this.#watch,
      values: this.#values,
      workers: names,
      slotsPerWorker: chance.between(1, 2),
      definitions: this.#definitions,
      patience: chance.pick([5, Number.POSITIVE_INFINITY]),
    };
    this.#servers = Array.from({ length: SERVERS }, (_, index) => new SimulatedServer(`server ${index + 1}`, around));
    this.#troubles = new Troubles({ timeline, chance, servers: this.#servers, workers: this.#workers });
  }

  async play(): Promise<SimulationResult> {
    await this.#openClient();
    await this.#activate(1);
    for (const server of this.#servers) await server.boot();
    this.#weather = this.#storm;
    if (this.#points === undefined) this.#troubles.start();
    else this.#points.kill = (process) => this.#kill(process);
    const stormMs = this.#chance.between(15_000, this.#points === undefined ? 60_000 : 20_000);
    this.#ask(stormMs);
    let isStorm = true;
    this.#timeline.after(stormMs, "all is well", () => {
      isStorm = false;
    });
    while (isStorm && this.#watch.wrong.length === 0) await this.#timeline.step();
    const convergedMs = await this.#converge();
    return {
      seed: this.#seed,
      steps: this.#timeline.steps - this.#waitingSteps,
      runs: this.#watch.runs.length,
      taskRuns: await this.#audit(),
      troubles: this.#troubles.count,
      wrong: [...new Set([...this.#watch.wrong, ...this.#script.wrong])],
      convergedMs,
      digest: this.#timeline.digest(),
    };
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.close();
    await this.#raw.close();
    await this.#place.remove();
  }

  async #openClient(): Promise<void> {
    const process = new SimulatedProcess("client", this.#timeline);
    const link = new Link(process, this.#link);
    this.#raw = await this.#place.open(process, link);
    this.#client = new Client(
      process,
      linkedStore(this.#raw, link, () => () => {}),
    );
  }

  /** A process dies in the middle of what it does; somebody starts it again. */
  #kill(process: SimulatedProcess): void {
    const server = this.#servers.find((one) => one.die(process));
    if (server !== undefined) this.#timeline.after(500, `${server.name} boots`, () => server.boot());
  }

  /** Another version of the same flows. */
  async #activate(number: number): Promise<void> {
    const id = versionId(number);
    const [first = [], second = []] = drawParts(this.#seed * 10 + number, 2);
    const concurrency = this.#seed % 3 === 0 ? 1 + (this.#seed % 2) : null;
    const timeoutMs = this.#seed % 4 === 0 ? 25_000 : null;
    const flows: readonly FlowSpec[] = [
      randomFlow("first", first, { concurrency, concurrencyKeyed: this.#seed % 2 === 0 }),
      randomFlow("second", second, { timeoutMs }),
      childFlow,
      scheduledFlow(this.#seed, START_MS),
    ];
    const manifest = this.#definitions.add(id, flows);
    await this.#raw.saveVersion({ id, createdAtMs: START_MS, manifest, dependencies: {}, files: [] });
    await this.#raw.activateVersion(id, START_MS);
  }

  /** Lets somebody ask for this and that while the storm lasts. */
  #ask(duringMs: number): void {
    const chance = this.#chance;
    const later = (what: string, act: () => unknown): void => {
      this.#timeline.after(chance.between(0, Math.floor(duringMs * 0.8)), what, act);
    };
    const requests = this.#points === undefined ? chance.between(2, 7) : 2;
    for (let count = 0; count < requests; count += 1) later("asks for a run", () => this.#client.ask(this.#request()));
    if (chance.happens(0.5)) later("activates another version", () => this.#activate(2));
    for (let count = chance.between(0, 4); count > 0; count -= 1) {
      later("cancels", () => this.#onSomeRun((run) => ({ kind: "cancel_run", run })));
    }
    for (let count = chance.between(0, 3); count > 0; count -= 1) {
      const selection = { kind: chance.pick(["all", "failed"] as const) };
      const version = chance.pick(["same", null] as const);
      later("reruns", () => this.#onSomeRun((run) => ({ kind: "rerun", run, selection, version })));
    }
    for (let count = chance.between(0, 6); count > 0; count -= 1) later("marks", () => this.#people.mark());
    for (let count = chance.between(0, 6); count > 0; count -= 1) later("decides", () => this.#people.decide());
  }

  #request(): Command {
    const chance = this.#chance;
    return {
      kind: "request_run",
      flow: chance.pick(["first", "second"]),
      params: encode({ key: chance.pick(["a", "b"]) }),
      window: null,
      version: null,
      selection: null,
      idempotencyKey: chance.happens(0.3) ? `key ${chance.between(1, 2)}` : null,
    };
  }

  #onSomeRun(make: (run: RunId) => Command): void {
    const { runs } = this.#client;
    if (runs.length > 0) this.#client.ask(make(this.#chance.pick(runs)));
  }

  /** All is well from here on. Gives how long it took until everything was over, beyond what was waited for. */
  async #converge(): Promise<number> {
    if (this.#watch.wrong.length > 0) return 0;
    this.#weather = FAIR;
    this.#script.isKind = true;
    const timers = this.#servers.map((server) => server.lastTimerMs);
    await this.#troubles.stop();
    const fromMs = Math.max(
      this.#timeline.nowMs,
      SCHEDULES_END_MS,
      this.#stuckUntilMs,
      this.#watch.lastWaitMs(),
      ...timers,
    );
    let isOver = false;
    const look = (): void => {
      isOver = this.#isOver();
      if (!isOver) {
        this.#people.decideAll();
        if (this.#timeline.nowMs > this.#stuckUntilMs) this.#lookForIdle();
        this.#timeline.after(LOOK_EVERY_MS, "looks", look);
      }
    };
    look();
    const busyUntilMs = this.#timeline.nowMs + CONVERGES_WITHIN_MS;
    while (!isOver && this.#watch.wrong.length === 0) {
      await this.#timeline.step();
      const { nowMs } = this.#timeline;
      if (nowMs > busyUntilMs && nowMs < fromMs) this.#waitingSteps += 1;
      if (this.#timeline.nowMs > fromMs + CONVERGES_WITHIN_MS) {
        this.#watch.wrong.push(`not over after ${CONVERGES_WITHIN_MS / 1_000} s: ${this.#whatIsLeft()}`);
      }
    }
    return Math.max(0, this.#timeline.nowMs - fromMs);
  }

  #isOver(): boolean {
    const engines = this.#engines();
    // One who was frozen finds out that another leads; and nobody holds slots for what is over.
    if (engines.length !== 1 || engines.some(({ load }) => load.busy + load.waiting + load.runs > 0)) return false;
    if (this.#missingTicks().length > 0 || this.#timeline.nowMs < SCHEDULES_END_MS) return false;
    if (this.#watch.unsettled.length > 0 || this.#client.unanswered.length > 0) return false;
    return this.#workers.every(({ running, unheard }) => running.length === 0 && unheard === 0);
  }

  #missingTicks(): readonly string[] {
    return missingTicks(this.#definitions.specOf(versionId(1), SCHEDULED_FLOW), this.#watch.ticks);
  }

  #engines(): readonly Engine[] {
    return this.#servers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
  }

  #whatIsLeft(): string {
    const engines = this.#engines();
    const why = engines.flatMap((engine) => this.#watch.unsettled.flatMap(({ id }) => engine.why(id)));
    const left = {
      unanswered: this.#client.unanswered.map(({ command }) => command.kind),
      runs: this.#watch.unsettled.map(({ id, state }) => `${id} ${state}`),
      workers: this.#workers.flatMap(({ running, unheard }) => [
        ...running,
        ...(unheard > 0 ? [`${unheard} unheard`] : []),
      ]),
      ticks: this.#missingTicks().slice(0, 10),
      engines: engines.map(({ load }) => load),
      why: why.map(({ label, reason }) => `${label}: ${reason}`),
    };
    return JSON.stringify(left);
  }

  /** Nothing that could go on waits for something else to happen. */
  #lookForIdle(): void {
    const now = new Set<string>();
    for (const engine of this.#engines()) {
      for (const { id } of this.#watch.unsettled) {
        for (const { label, reason } of engine.why(id)) {
          if (/is about to start|begins soon|is being read/.test(reason)) now.add(`${id} ${label} ${reason}`);
        }
      }
    }
    for (const one of this.#idle.keys()) if (!now.has(one)) this.#idle.delete(one);
    for (const one of now) {
      const looks = (this.#idle.get(one) ?? 0) + 1;
      this.#idle.set(one, looks);
      if (looks === IDLE_LOOKS) this.#watch.wrong.push(`${one}, and yet it does not`);
    }
  }

  /** Reads everything back. Gives how many task runs there were. */
  async #audit(): Promise<number> {
    if (this.#watch.wrong.length > 0) return 0;
    const { wrong } = this.#watch;
    const audit = await auditStore(this.#raw, (version, flow) => this.#definitions.specOf(version, flow));
    wrong.push(...audit.wrong, ...this.#missingTicks(), ...this.#strangers(), ...this.#people.audit());
    wrong.push(...(await this.#missingValues()));
    return audit.taskRuns;
  }

  /** Whatever succeeded has left what it gave; what is only said to have succeeded gives nothing. */
  async #missingValues(): Promise<string[]> {
    const missing: string[] = [];
    const marked = new Set<string>();
    // A run is taken over by those that are made after it, and named by them.
    for (const run of this.#watch.runs) {
      const spec = this.#definitions.specOf(run.version, run.flow);
      for (const row of await this.#raw.history.listTaskRuns(run.id)) {
        const { node, item, hook, state, reusedFrom } = row;
        const id = spec.nodes[node]?.id ?? "";
        if (hook !== "" || state !== "success" || spec.nodes[node]?.kind !== "task") continue;
        if (isMarked({ run, spec }, row)) marked.add(`${run.id} ${id}/${item}`);
        const hasValue = (await this.#raw.findOutput(run.id, node, item)) !== undefined;
        const isSaid = marked.has(`${reusedFrom ?? run.id} ${id}/${item}`);
        if (hasValue === isSaid) missing.push(`${run.id}/${node}/${item} left ${hasValue ? "a" : "no"} value`);
      }
    }
    return missing;
  }

  /** Every run is one that somebody asked for. */
  #strangers(): string[] {
    const asked = new Set<RunId>(this.#client.runs);
    const strangers = this.#watch.runs.filter(
      ({ id, trigger }) => !MADE_BY_ITSELF.includes(trigger.kind) && !asked.has(id),
    );
    return strangers.map(({ id }) => `nobody was told of run ${id}`);
  }
}
