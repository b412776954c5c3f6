import process from "node:process";

/** What one run of vitest is to do; handed down in the environment. */
export interface MutationPlan {
  /** The files whose mutants there are, relative to the repository. */
  readonly targets: readonly string[];
  /** The mutants to try; what is known to be killed is left out. */
  readonly alive: readonly number[];
  /** Tests that take longer on their own, in milliseconds, are run and not tried. */
  readonly maxTestMs: number;
  /** On from the start, for mutants in what a module does while it is loaded. Null: each is turned on test by test. */
  readonly fromStart: number | null;
  /** Where each worker writes down what it did, a record a line. */
  readonly journal: string;
}

/** A line of the journal. */
export type JournalLine =
  /** Which mutants tests reach, and which of them while modules are loaded. */
  | { readonly kind: "reached"; readonly loading: readonly number[]; readonly testing: readonly number[] }
  /** A test that fails on the sources as they are. */
  | { readonly kind: "broken"; readonly test: string }
  | { readonly kind: "trying"; readonly pid: number; readonly mutant: number; readonly atMs: number }
  | { readonly kind: "tried"; readonly pid: number; readonly mutant: number; readonly killedBy: string | null };

const VARIABLE = "MILLRACE_MUTATION_PLAN";

export function planToEnvironment(plan: MutationPlan): Readonly<Record<string, string>> {
  return { [VARIABLE]: JSON.stringify(plan) };
}

export function planFromEnvironment(): MutationPlan {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error("this configuration is for `test/mutation`, which starts it");
  return JSON.parse(text) as MutationPlan;
}
