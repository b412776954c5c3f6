import type { Mutant } from "./mutants.ts";

/** What instrumented modules ask whether a mutant is on. Where nobody answers, none is. */
const ASK = "const __mutant = globalThis.__mutant ?? (() => false);";

interface Place {
  readonly start: number;
  readonly end: number;
  readonly mutants: Mutant[];
  readonly inner: Place[];
}

/**
 * The source with all its mutants in it, each behind a question: so that one process tries thousands of them, and no
 * module is loaded twice. Nothing moves to another line.
 */
export function instrument(source: string, mutants: readonly Mutant[]): string {
  return `${ASK} ${render(source, nest(source.length, mutants))}`;
}

/** The places of the mutants, as the syntax nests them. */
function nest(length: number, mutants: readonly Mutant[]): Place {
  const all: Place = { start: 0, end: length, mutants: [], inner: [] };
  const open = [all];
  for (const mutant of [...mutants].sort((a, b) => a.start - b.start || b.end - a.end || a.id - b.id)) {
    while ((open.at(-1) as Place).end <= mutant.start && open.length > 1) open.pop();
    const around = open.at(-1) as Place;
    if (around !== all && around.start === mutant.start && around.end === mutant.end) {
      around.mutants.push(mutant);
      continue;
    }
    const place: Place = { start: mutant.start, end: mutant.end, mutants: [mutant], inner: [] };
    around.inner.push(place);
    open.push(place);
  }
  return all;
}

function render(source: string, place: Place): string {
  let text = "";
  let at = place.start;
  for (const inner of place.inner) {
    text += source.slice(at, inner.start) + render(source, inner);
    at = inner.end;
  }
  return place.mutants.reduceRight(guarded, text + source.slice(at, place.end));
}

function guarded(text: string, { id, change }: Mutant): string {
  switch (change.kind) {
    case "instead":
      return `(__mutant(${id})?(${oneLine(change.text)}):${text})`;
    case "skip":
      return `{if(!__mutant(${id})){${text}}}`;
    case "return":
      return `{if(__mutant(${id}))return;${text}}`;
  }
}

/** Comments would swallow what follows, and lines would move; no mutated expression needs its line ends. */
function oneLine(text: string): string {
  return text.replaceAll(/\/\/.*$/gm, "").replaceAll(/\s*\n\s*/g, " ");
}
