import { EQUIVALENTS, type Equivalent } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import type { Mutation } from "./run-mutants.ts";

export interface Verdict {
  /** What survived and is not listed as equivalent: tests that are missing. */
  readonly unexplained: readonly Mutant[];
  /** Listed as equivalent, and killed or not there. */
  readonly stale: readonly string[];
}

/** Holds what survived against the list of those that nobody can kill. */
export function judge(all: readonly Mutant[], tried: readonly Mutant[], { killed, survived }: Mutation): Verdict {
  const files = new Set(all.map(({ file }) => file));
  const listed = EQUIVALENTS.filter(({ file }) => files.has(file));
  const isMeant = ({ file, key }: Equivalent, mutant: Mutant): boolean => mutant.file === file && mutant.key === key;
  const stale = listed.flatMap((entry) => {
    if (!all.some((mutant) => isMeant(entry, mutant))) return [`${entry.file} has no mutant ${entry.key}`];
    const by = tried.flatMap((mutant) => (isMeant(entry, mutant) ? (killed.get(mutant.id) ?? []) : []));
    return by.map((test) => `${entry.file}: ${entry.key} is killed by ${test}`);
  });
  return { unexplained: survived.filter((mutant) => !listed.some((entry) => isMeant(entry, mutant))), stale };
}
