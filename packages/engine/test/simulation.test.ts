import { type AttemptOrder, MillraceError, type RunId } from "@millrace/core";
import { openTemporaryStore } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Call, failure, lost, yieldForRun, yieldUntil } from "./stage/calls.ts";
import { expectEndedOnce } from "./stage/everything.ts";
import { expectComplete, Watcher } from "./stage/invariants.ts";
import { anyParts, type Part, POOLS, randomFlow } from "./stage/random-flows.ts";
import { flowOf } from "./stage/sketch.ts";
import { Frozen, Stage, tick } from "./stage/stage.ts";

/** Simulations in a run of the tests. `MILLRACE_SIMULATIONS=10000` makes more, and others each time. */
const ASKED = Number(process.env["MILLRACE_SIMULATIONS"] ?? 0);
const RUNS = ASKED > 0 ? { numRuns: ASKED } : { numRuns: 60, seed: 20_260_101 };

interface World {
  readonly parts: readonly Part[];
  readonly concurrency: number | null;
  readonly capacity: number;
  readonly runs: number;
  /** Decides how each attempt ends. */
  readonly dice: number;
  /** What happens in which commit. */
  readonly faults: ReadonlyMap<number, Fault>;
  /** At which step the first run is cancelled. */
  readonly cancelAt: number | null;
}

type Fault = "freeze before" | "freeze after" | "fail before" | "fail after";

const anyWorld: fc.Arbitrary<World> = fc.record({
  parts: anyParts,
  concurrency: fc.constantFrom(1, null),
  capacity: fc.integer({ min: 1, max: 5 }),
  runs: fc.integer({ min: 1, max: 3 }),
  dice: fc.nat(),
  faults: fc
    .array(fc.tuple(fc.nat(60), fc.constantFrom<Fault>("freeze before", "freeze after", "fail before", "fail after")), {
      maxLength: 4,
    })
    .map((faults) => new Map(faults)),
  cancelAt: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: fc.nat(12), weight: 1 }),
});

/** A number in [0, 100) that depends on nothing but these. */
function roll(...of: readonly (string | number)[]): number {
  let hash = 2_166_136_261;
  for (const character of of.join("/")) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return (hash >>> 8) % 100;
}

/** What tasks carry while they wait for a run. */
const FOR_RUN = "null";

/** No task is unlucky for ever. */
const LUCKY_AFTER = 6;

class Simulation {
  readonly #world: World;
  readonly #watcher = new Watcher();
  readonly #calls = new Map<string, number>();
  #commits = 0;
  #crashes = 0;
  stage!: Stage;

  constructor(world: World) {
    this.#world = world;
  }

  async play(): Promise<void> {
    const { parts, concurrency, capacity } = this.#world;
    const spec = randomFlow("random", parts, concurrency);
    const child = flowOf("child", (flow) => flow.task("leaf"));
    const plays = Object.fromEntries(
      [...spec.nodes, ...child.nodes].flatMap(({ id }) =>
        ["", " on success", " on failure", " on retry"].map((hook) => [
          `${id}${hook}`,
          (call: Call) => this.#act(call),
        ]),
      ),
    );
    this.stage = new Stage(await openTemporaryStore(), {
      flows: [spec, child],
      plays,
      pools: POOLS,
      capacity,
      commits: { commit: (changes, really) => this.#commit(() => this.#watcher.written(changes), really) },
    });
    try {
      await this.stage.activate(1, [spec, child]);
      await this.stage.startEngine();
      await this.#drive();
    } finally {
      await this.stage.close();
    }
  }

  async #commit(watch: () => void, really: () => Promise<void>): Promise<void> {
    this.#commits += 1;
    const fault = this.#world.faults.get(this.#commits);
    if (fault === undefined || fault.endsWith("after")) {
      await really();
      watch();
    }
    if (fault?.startsWith("fail")) throw new MillraceError("DISK_FULL", "for a moment");
    if (fault === undefined) return;
    this.stage.frozen = true;
    await new Promise<never>(() => {});
  }

  /** Ends the attempt in some way. */
  async #act(call: Call): Promise<unknown> {
    const { order } = call;
    this.#watcher.started(order, this.stage.specOf(order.version, order.flow), this.stage.executor.alive());
    const calls = (this.#calls.get(keyOf(order)) ?? 0) + 1;
    this.#calls.set(keyOf(order), calls);
    const moments = roll(this.#world.dice, keyOf(order), calls, "moments") % 4;
    for (let moment = 0; moment < moments; moment += 1) await tick();
    const { resumed } = order;
    if (resumed !== null && resumed.carry === FOR_RUN && resumed.run === null) {
      this.#watcher.wrong.push(`${call.label} was not told of the run that it waited for`);
    }
    const luck = calls > LUCKY_AFTER ? 0 : roll(this.#world.dice, keyOf(order), calls);
    if (luck < 60) return { label: call.label, is: (call.input as { is?: unknown } | null)?.is };
    if (luck < 75) return failure("unlucky", { retryable: luck < 73 });
    if (luck < 80) return lost(luck < 78);
    if (order.target.kind === "hook" || order.flow === "child") return "well";
    if (luck < 88) return yieldUntil(this.stage.clock.now() + 1_000 * luck, "time");
    if (luck < 94) return yieldForRun("child");
    const hasTimeout = order.timeoutMs !== null;
    return hasTimeout ? call.hang() : "well";
  }

  async #drive(): Promise<void> {
    const runs: RunId[] = [];
    for (let step = 0; step < 3_000; step += 1) {
      try {
        if (runs.length < this.#world.runs) runs.push(await this.#request(runs.length));
        await this.stage.quiet();
        this.#expectNobodyIdle();
        expect(this.#watcher.wrong).toEqual([]);
        if (step === this.#world.cancelAt) await this.#cancel(runs[0] as RunId);
        if ((await this.#areSettled(runs)) && runs.length === this.#world.runs) {
          await this.#expectAllOver();
          return;
        }
        if (this.stage.engine.load.busy === 0 || this.stage.clock.waiting > 0) this.stage.clock.advanceToNext();
      } catch (error) {
        if (!(error instanceof Frozen)) throw error;
        this.#crashes += 1;
        await this.stage.crash(this.#crashes % 2 === 0 ? "gone" : "survives");
      }
    }
    const open = runs.map((run) => JSON.stringify(this.stage.why(run)));
    throw new Error(`the runs do not come to an end: ${open.join(" ")}`);
  }

  async #request(count: number): Promise<RunId> {
    const command = {
      kind: "request_run",
      flow: "random",
      params: "{}" as AttemptOrder["params"],
      window: null,
      version: null,
      selection: null,
      idempotencyKey: null,
    } as const;
    const answer = await this.stage.submit(command, `request ${count}`);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.run;
  }

  async #cancel(run: RunId): Promise<void> {
    const answer = await this.stage.submit({ kind: "cancel_run", run }, "cancel");
    if (!answer.ok) expect(answer.error.code).toBe("RUN_FINISHED");
  }

  /** Nothing that could start waits for something else to happen. */
  #expectNobodyIdle(): void {
    for (const reason of this.stage.engine.load.runs > 0 ? this.#reasons() : []) {
      expect(reason.reason, reason.label).not.toMatch(/is about to start|begins soon|is being read/);
    }
  }

  *#reasons(): Generator<{ readonly label: string; readonly reason: string }> {
    for (const run of this.#known) yield* this.stage.engine.why(run);
  }

  /** Runs that were seen, children too. */
  #known: readonly RunId[] = [];

  async #areSettled(runs: readonly RunId[]): Promise<boolean> {
    const all = await this.stage.place.store.history.listRuns({ limit: 1_000 });
    this.#known = all.map(({ id }) => id);
    return runs.length > 0 && all.every(({ settled }) => settled);
  }

  async #expectAllOver(): Promise<void> {
    const { stage } = this;
    expect(stage.engine.load).toEqual({ busy: 0, waiting: 0, runs: 0 });
    expect(stage.executor.alive()).toEqual([]);
    expect(stage.fatal).toEqual([]);
    expect(this.#watcher.wrong).toEqual([]);
    for (const id of this.#known) {
      const run = await stage.view(id);
      expectComplete(run, stage.specOf(run.row.version, run.row.flow));
      expectEndedOnce(run);
      if (run.row.flow === "child") expect(run.row.trigger.kind).toBe("flow_run");
    }
  }
}

function keyOf({ run, label, target }: AttemptOrder): string {
  // Ids of runs differ with the number of draws before them; their labels do not.
  return `${run.length}/${label}/${target.kind}`;
}

test("whatever the flow, the luck and the faults, every run ends as it should", {
  timeout: 120_000 + ASKED * 1_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, (world) => new Simulation(world).play()),
    RUNS,
  );
});
