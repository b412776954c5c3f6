import { type AttemptOrder, encode, type FlowSpec, type ScheduleSpec, type Store } from "@millrace/core";
import { flowOf } from "@millrace/testing/simulation";
import { auditTicks, type TickAudit } from "../../invariants/audit-ticks.ts";
import { CommitWatch } from "../../invariants/commit-watch.ts";
import { Chance } from "../chance.ts";
import { type DatabasePlace, memoryPlace } from "../database-place.ts";
import { SimulatedDefinitions, versionId } from "../definitions.ts";
import { Link, type LinkSurroundings } from "../link.ts";
import { Network } from "../network.ts";
import { POOLS } from "../random-flows.ts";
import { type Plan, Script } from "../script.ts";
import { SimulatedProcess } from "../simulated-process.ts";
import { SimulatedServer } from "../simulated-server.ts";
import { Timeline } from "../timeline.ts";
import { ValueWatch } from "../value-watch.ts";
import { FAIR } from "../weather.ts";
import { Worker } from "../worker.ts";
import { ticksOnTheWall, type WallPattern } from "./wall-clock.ts";

const WORKERS = 2;
const SLOTS_PER_WORKER = 8;
const LONG_SHARE = 0.03;
const LONGEST_MS = 90_000;
/** When nothing goes wrong any more, everything is over within this. */
const CONVERGES_WITHIN_MS = 180_000;
/** Somebody leads by then, and has looked at every schedule. */
const SETTLES_WITHIN_MS = 60_000;
/** A tick is decided within this, when all is well. */
const DECIDED_WITHIN_MS = 20_000;

/** A schedule, and the same for whoever reads a clock on the wall. */
export interface ToldSchedule {
  readonly flow: string;
  readonly schedule: ScheduleSpec;
  readonly pattern: WallPattern;
}

export interface StoryOptions {
  readonly seed: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly servers: number;
  readonly schedules: readonly ToldSchedule[];
  /** Lets things go wrong for as long as the story lasts. */
  readonly troubles: (stage: StoryStage) => void;
  readonly onLine?: (line: string) => void;
}

/** What troubles can be made with. */
export interface StoryStage {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly servers: readonly SimulatedServer[];
  /** Nothing more is to go wrong. */
  readonly isOver: () => boolean;
  readonly count: (what: string) => void;
}

export interface StoryResult {
  readonly seed: number;
  readonly steps: number;
  readonly runs: number;
  readonly ticks: TickAudit;
  readonly troubles: Readonly<Record<string, number>>;
  /** Who began to lead while another trusted that nobody could. */
  readonly thefts: number;
  /** Of runs, task runs and attempts. */
  readonly negativeDurations: number;
  readonly wrong: readonly string[];
  readonly digest: string;
}

/** Days of schedules, in seconds: the real engine on virtual time, with servers that die or do not know what time it is. */
export async function tellStory(options: StoryOptions): Promise<StoryResult> {
  const story = new Story(options);
  try {
    return await story.tell();
  } finally {
    await story.close();
  }
}

/** Every task succeeds, most of them at once. Some go on for so long that leaders and clocks change meanwhile. */
class SteadyScript extends Script {
  readonly #chance: Chance;

  constructor(seed: number) {
    super(seed);
    this.#chance = new Chance(`${seed}/script`);
  }

  override planOf(_order: AttemptOrder): Plan {
    const isLong = this.#chance.happens(LONG_SHARE);
    const afterMs = isLong ? this.#chance.between(1_000, LONGEST_MS) : this.#chance.between(1, 20);
    const output = { kind: "inline", text: encode(null) } as const;
    return { reports: [], outcome: () => ({ state: "success", output }), afterMs };
  }
}

class Story {
  readonly #options: StoryOptions;
  readonly #timeline: Timeline;
  readonly #place: DatabasePlace;
  readonly #definitions = new SimulatedDefinitions();
  readonly #watch = new CommitWatch((version, flow) => this.#definitions.specOf(version, flow), POOLS);
  readonly #servers: readonly SimulatedServer[];
  readonly #stage: StoryStage;
  readonly #troubles: Record<string, number> = {};
  readonly #link: LinkSurroundings;
  #raw: Store | undefined;
  #thefts = 0;
  #isOver = false;

  constructor(options: StoryOptions) {
    const { seed, fromMs } = options;
    const chance = new Chance(seed);
    const timeline = new Timeline(fromMs);
    timeline.onLine = options.onLine;
    this.#options = options;
    this.#timeline = timeline;
    this.#place = memoryPlace(timeline);
    const network = new Network(timeline, chance, () => FAIR);
    const script = new SteadyScript(seed);
    const names = Array.from({ length: WORKERS }, (_, index) => `worker ${index + 1}`);
    for (const name of names) new Worker(name, { timeline, network, script });
    const { isInside } = this.#place;
    this.#link = {
      timeline,
      chance,
      weather: () => FAIR,
      isDown: () => false,
      isInside,
      points: undefined,
      stuckUntil: () => {},
    };
    const around = {
      timeline,
      chance,
      place: this.#place,
      network,
      link: this.#link,
      watch: this.#watch,
      values: new ValueWatch(this.#watch),
      workers: names,
      slotsPerWorker: SLOTS_PER_WORKER,
      definitions: this.#definitions,
      patience: Number.POSITIVE_INFINITY,
      onLead: (server: SimulatedServer) => this.#led(server),
    };
    this.#servers = Array.from(
      { length: options.servers },
      (_, index) => new SimulatedServer(`server ${index + 1}`, around),
    );
    const count = (what: string): void => {
      this.#troubles[what] = (this.#troubles[what] ?? 0) + 1;
    };
    this.#stage = { timeline, chance, servers: this.#servers, isOver: () => this.#isOver, count };
  }

  async tell(): Promise<StoryResult> {
    const { untilMs, troubles, seed } = this.#options;
    const raw = await this.#begin();
    troubles(this.#stage);
    while (this.#timeline.nowMs < untilMs && this.#watch.wrong.length === 0) await this.#timeline.step();
    this.#isOver = true;
    for (const server of this.#servers) {
      server.setSkew(0);
      server.thaw();
      await server.boot();
    }
    await this.#converge();
    const ticks = await auditTicks(raw, this.#expected());
    return {
      seed,
      steps: this.#timeline.steps,
      runs: this.#watch.runs.length,
      ticks,
      troubles: this.#troubles,
      thefts: this.#thefts,
      negativeDurations: await this.#negativeDurations(raw),
      wrong: [...new Set([...this.#watch.wrong, ...ticks.wrong])],
      digest: this.#timeline.digest(),
    };
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.close();
    await this.#raw?.close();
    await this.#place.remove();
  }

  async #begin(): Promise<Store> {
    const process = new SimulatedProcess("reader", this.#timeline);
    const raw = await this.#place.open(process, new Link(process, this.#link));
    this.#raw = raw;
    const { schedules, fromMs } = this.#options;
    const id = versionId(1);
    const flows = new Map<string, FlowSpec>();
    for (const { flow } of schedules) {
      const own = schedules.filter((one) => one.flow === flow).map(({ schedule }) => schedule);
      flows.set(
        flow,
        flowOf(flow, (sketch) => sketch.task("work"), { schedules: own }),
      );
    }
    const manifest = this.#definitions.add(id, [...flows.values()]);
    await raw.saveVersion({ id, createdAtMs: fromMs, manifest, dependencies: {}, files: [] });
    await raw.activateVersion(id, fromMs);
    for (const server of this.#servers) await server.boot();
    return raw;
  }

  #led(server: SimulatedServer): void {
    const robbed = this.#servers.filter((other) => other !== server && other.isTrusted && !other.isFrozen);
    this.#thefts += robbed.length;
    for (const { name } of robbed) this.#watch.wrong.push(`${server.name} leads, and ${name} trusts that it does`);
  }

  /** Waits until nothing is owed and every run has ended, and a little longer: whoever leads then knows of every tick. */
  async #converge(): Promise<void> {
    const fromMs = this.#timeline.nowMs;
    while (this.#watch.wrong.length === 0 && this.#timeline.nowMs < fromMs + CONVERGES_WITHIN_MS) {
      await this.#timeline.step();
      if (this.#timeline.nowMs > fromMs + SETTLES_WITHIN_MS && this.#isQuiet()) return;
    }
    this.#watch.wrong.push("ticks are owed, or runs go on, long after all was well");
  }

  #isQuiet(): boolean {
    if (this.#watch.unsettled.length > 0) return false;
    return this.#options.schedules.every(
      ({ flow, schedule: { name } }) => this.#watch.ticks.rowOf({ flow, trigger: name })?.owed.length === 0,
    );
  }

  /** All that the schedules had to make from when they were followed until now; more, where a clock was ahead. */
  #expected() {
    return this.#options.schedules.map(({ flow, schedule, pattern }) => {
      const of = { flow, trigger: schedule.name };
      const afterMs = this.#watch.ticks.sinceOf(of) ?? Number.NaN;
      const cursorMs = this.#watch.ticks.rowOf(of)?.cursorMs ?? Number.NaN;
      const untilMs = Math.max(cursorMs, this.#timeline.nowMs - DECIDED_WITHIN_MS);
      return {
        flow,
        schedule: schedule.name,
        instants: ticksOnTheWall(pattern, schedule.timeZone, { afterMs, untilMs }),
      };
    });
  }

  async #negativeDurations(raw: Store): Promise<number> {
    let count = 0;
    for (const { id, createdAtMs, startedAtMs, endedAtMs } of this.#watch.runs) {
      const taskRuns = await raw.history.listTaskRuns(id);
      const rows = [
        { startedAtMs: createdAtMs, endedAtMs: startedAtMs },
        { startedAtMs: startedAtMs ?? createdAtMs, endedAtMs },
        ...taskRuns,
        ...taskRuns.map((row) => ({ startedAtMs: row.readyAtMs, endedAtMs: row.startedAtMs })),
        ...(await raw.history.listAttempts(id)),
      ];
      for (const { startedAtMs: start, endedAtMs: end } of rows)
        if (start !== null && end !== null && end < start) count += 1;
    }
    return count;
  }
}
