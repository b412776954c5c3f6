// In each worker, before the tests: a test that passes is run again for every mutant that it reaches, until one of them
// makes it fail. Neither a process nor a module is needed anew for that.
import { appendFileSync, readFileSync } from "node:fs";
import process from "node:process";
import fc from "fast-check";
import { aroundEach, type RunnerTestCase, TestRunner } from "vitest";
import { type JournalLine, planFromEnvironment } from "./plan.ts";

/** A mutant that is asked for so often is in a loop that does not end. */
const MOST_QUESTIONS = 1_000_000;
/** A test that takes so many times its own time hangs. */
const PATIENCE = 20;
const LEAST_PATIENCE_MS = 2_000;

class Mutants {
  readonly #plan = planFromEnvironment();
  readonly #alive = new Set(this.#plan.alive);
  #on = -1;
  #questions = 0;
  #reached = new Set<number>();

  /** What instrumented code asks. */
  readonly ask = (mutant: number): boolean => {
    if (mutant !== this.#on) {
      if (this.#on === -1) this.#reached.add(mutant);
      return false;
    }
    this.#questions += 1;
    if (this.#questions > MOST_QUESTIONS) throw new Error("the mutant does not end");
    return true;
  };

  constructor() {
    if (this.#plan.fromStart !== null) this.#on = this.#plan.fromStart;
    for (const line of readFileSync(this.#plan.journal, "utf8").split("\n")) {
      const known = line === "" ? undefined : (JSON.parse(line) as JournalLine);
      if (known?.kind === "tried" && known.killedBy !== null) this.#alive.delete(known.mutant);
    }
  }

  get triesEach(): boolean {
    return this.#plan.fromStart === null;
  }

  get maxTestMs(): number {
    return this.#plan.maxTestMs;
  }

  note(line: JournalLine): void {
    appendFileSync(this.#plan.journal, `${JSON.stringify(line)}\n`);
  }

  /** What was asked for since the last call. */
  takeReached(): readonly number[] {
    const reached = [...this.#reached];
    this.#reached = new Set();
    return reached;
  }

  isAlive(mutant: number): boolean {
    return this.#alive.has(mutant);
  }

  kill(mutant: number): void {
    this.#alive.delete(mutant);
  }

  async during<Result>(mutant: number, act: () => Promise<Result>): Promise<Result> {
    this.#on = mutant;
    this.#questions = 0;
    try {
      return await act();
    } finally {
      this.#on = -1;
    }
  }
}

const mutants = new Mutants();
Reflect.set(globalThis, "__mutant", mutants.ask);
// The same examples each time, and the first that fails will do.
fc.configureGlobal({ seed: 20_260_101, endOnFailure: true });

let loading: ReadonlySet<number> | undefined;

if (mutants.triesEach) {
  aroundEach(async (runTest, { task }) => {
    loading ??= new Set(mutants.takeReached());
    const before = performance.now();
    await runTest();
    const ownMs = performance.now() - before;
    const reached = mutants.takeReached();
    const test = `${task.file.name} > ${task.name}`;
    if (task.result?.state === "fail") mutants.note({ kind: "broken", test });
    mutants.note({ kind: "reached", loading: [...loading], testing: reached });
    if (ownMs > mutants.maxTestMs) return;
    const limitMs = Math.max(LEAST_PATIENCE_MS, PATIENCE * ownMs);
    for (const mutant of reached) {
      if (mutants.isAlive(mutant) && !loading.has(mutant)) await tryMutant({ task, test, limitMs }, mutant);
    }
  });
}

interface Trial {
  readonly task: RunnerTestCase;
  readonly test: string;
  readonly limitMs: number;
}

async function tryMutant({ task, test, limitMs }: Trial, mutant: number): Promise<void> {
  const { pid } = process;
  mutants.note({ kind: "trying", pid, mutant, atMs: Date.now() });
  const killed = await mutants.during(mutant, () => fails(task, limitMs));
  if (killed) mutants.kill(mutant);
  mutants.note({ kind: "tried", pid, mutant, killedBy: killed ? test : null });
}

/** What `onTestFinished` has collected for the end of a test. */
type Ending = RunnerTestCase & { readonly onFinished?: ((context: RunnerTestCase["context"]) => unknown)[] };

/** Runs the test's own function again, and what it left to be done at its end. */
async function fails(task: RunnerTestCase, limitMs: number): Promise<boolean> {
  const limit = Promise.withResolvers<true>();
  const timer = setTimeout(() => limit.resolve(true), limitMs);
  const failed = Promise.resolve(TestRunner.getTestFn(task)()).then(
    () => false,
    () => true,
  );
  const outcome = await Promise.race([failed, limit.promise]);
  clearTimeout(timer);
  const ends = (task as Ending).onFinished?.splice(0) ?? [];
  for (const end of ends.reverse()) {
    try {
      await end(task.context);
    } catch {
      // What a mutant has broken may not come to an orderly end.
    }
  }
  return outcome;
}
