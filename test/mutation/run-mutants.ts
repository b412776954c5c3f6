import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Mutant } from "./mutants.ts";
import { type JournalLine, type MutationPlan, planToEnvironment } from "./plan.ts";
import { runVitest } from "./run-vitest.ts";

/** What is mutated, and the tests that are to notice. */
export interface MutationWork {
  readonly targets: readonly string[];
  /** Files and folders of tests, relative to the repository. */
  readonly tests: readonly string[];
  readonly mutants: readonly Mutant[];
  /** One pass for each: mutants are tried on tests that take no longer than this, in milliseconds. */
  readonly passesMs: readonly number[];
  readonly log: (line: string) => void;
}

export interface Mutation {
  /** By the mutant's id: the test that failed, or how else it was noticed. */
  readonly killed: ReadonlyMap<number, string>;
  readonly survived: readonly Mutant[];
  /** Of the survivors, those that no test reaches. */
  readonly unreached: ReadonlySet<number>;
}

/** Quick tests go first: most mutants are noticed by one of them, and are not tried on the slow ones. */
export const ALL_TESTS_MS: readonly number[] = [30, 300, Number.MAX_SAFE_INTEGER];
/** A worker that says nothing for so long is in a loop that no question of a mutant breaks. */
const SILENT_MS = 60_000;
const WATCH_MS = 1_000;
const AT_ONCE = 2;
const CONFIG = path.join(import.meta.dirname, "mutation.config.ts");

/** Turns on one mutant after the other, and sees whether a test fails. */
export async function runMutants(work: MutationWork): Promise<Mutation> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-mutation-"));
  try {
    const run = new Run(work, path.join(folder, "journal"));
    for (const limitMs of work.passesMs) await run.pass(limitMs);
    await run.tryLoading();
    return run.result();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Run {
  readonly #work: MutationWork;
  readonly #journal: string;
  readonly #killed = new Map<number, string>();
  #loading: ReadonlySet<number> = new Set();
  #reached: ReadonlySet<number> = new Set();

  constructor(work: MutationWork, journal: string) {
    this.#work = work;
    this.#journal = journal;
  }

  /** Tries every mutant that is alive on every test that takes no longer than this. */
  async pass(maxTestMs: number): Promise<void> {
    for (;;) {
      const alive = this.#alive();
      if (alive.length === 0) return;
      writeFileSync(this.#journal, "");
      const plan = { targets: this.#work.targets, alive, maxTestMs, fromStart: null, journal: this.#journal };
      const { silent, output } = await this.#vitest(plan, (kill) => this.#watch(kill));
      this.#readJournal(output);
      const limit = maxTestMs === Number.MAX_SAFE_INTEGER ? "all tests" : `tests of up to ${maxTestMs} ms`;
      this.#work.log(`${this.#killed.size} of ${this.#work.mutants.length} killed by ${limit}`);
      if (silent === undefined) return;
      this.#killed.set(silent, "does not end");
    }
  }

  /** Mutants in what a module does while it is loaded need a process each. */
  async tryLoading(): Promise<void> {
    const left = this.#alive().filter((mutant) => this.#loading.has(mutant));
    const work = async (): Promise<void> => {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const fromStart = mutant;
        const plan = { targets: this.#work.targets, alive: [], maxTestMs: 0, fromStart, journal: this.#journal };
        const { passed } = await this.#vitest(plan, (kill) => {
          const timer = setTimeout(() => kill(mutant), SILENT_MS);
          return () => clearTimeout(timer);
        });
        if (!passed) this.#killed.set(mutant, "fails while its module is loaded, or after");
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  result(): Mutation {
    const survived = this.#work.mutants.filter(({ id }) => !this.#killed.has(id));
    const unreached = survived.filter(({ id }) => !this.#reached.has(id) && !this.#loading.has(id));
    return { killed: this.#killed, survived, unreached: new Set(unreached.map(({ id }) => id)) };
  }

  #alive(): number[] {
    return this.#work.mutants.map(({ id }) => id).filter((id) => !this.#killed.has(id));
  }

  #readJournal(output: string): void {
    const loading = new Set(this.#loading);
    const reached = new Set(this.#reached);
    const lines = this.#lines();
    if (lines.length === 0) throw new Error(`no test was run:\n${output}`);
    for (const line of lines) {
      if (line.kind === "broken") throw new Error(`${line.test} fails without any mutant:\n${output}`);
      if (line.kind === "reached") {
        for (const id of line.loading) loading.add(id);
        for (const id of line.testing) reached.add(id);
      } else if (line.kind === "tried" && line.killedBy !== null) this.#killed.set(line.mutant, line.killedBy);
    }
    this.#loading = loading;
    this.#reached = reached;
  }

  #lines(): JournalLine[] {
    const lines = readFileSync(this.#journal, "utf8").split("\n");
    // The last line of a worker that was killed may be half a one.
    return lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as JournalLine] : []));
  }

  /** Ends the processes when one of them says nothing any more, and says which mutant it was at. */
  #watch(kill: (mutant: number) => void): () => void {
    const timer = setInterval(() => {
      const trying = new Map<number, { readonly mutant: number; readonly atMs: number }>();
      for (const line of this.#lines()) {
        if (line.kind === "trying") trying.set(line.pid, line);
        else if (line.kind === "tried") trying.delete(line.pid);
      }
      for (const { mutant, atMs } of trying.values()) if (Date.now() - atMs > SILENT_MS) kill(mutant);
    }, WATCH_MS);
    return () => clearInterval(timer);
  }

  async #vitest(plan: MutationPlan, watch: (kill: (mutant: number) => void) => () => void): Promise<Vitest> {
    let silent: number | undefined;
    const { passed, output } = await runVitest(["--config", CONFIG, ...this.#work.tests], {
      env: planToEnvironment(plan),
      watch: (kill) =>
        watch((mutant) => {
          silent = mutant;
          kill();
        }),
    });
    return { passed, silent, output };
  }
}

interface Vitest {
  readonly passed: boolean;
  /** The mutant that made a worker fall silent. */
  readonly silent: number | undefined;
  readonly output: string;
}
