import fc from "fast-check";
import { COMMANDS } from "./commands.ts";
import { Reference } from "./reference.ts";
import { Stand } from "./stand.ts";
import type { StoreMaker } from "./stores.ts";

export interface Play {
  readonly sequences: number;
  readonly seed: number;
  /** Where in the seed's tree of sequences the one is that is to be played again. */
  readonly path?: string;
  /** Which of its commands were left when it was made as short as it could be. */
  readonly replayPath?: string;
}

export interface Played {
  readonly sequences: number;
  readonly commands: number;
  /** What went otherwise, the shortest way there, and how to play it again. Undefined when nothing did. */
  readonly divergence: string | undefined;
}

const LONGEST = 40;

/** Plays sequences of commands on the engine and on the model, until they disagree. */
export async function play(openStore: StoreMaker, { sequences, seed, path, replayPath }: Play): Promise<Played> {
  let commands = 0;
  const constraints = {
    maxCommands: LONGEST,
    size: "max",
    ...(replayPath === undefined ? {} : { replayPath }),
  } as const;
  const property = fc.asyncProperty(fc.commands([...COMMANDS], constraints), async (steps) => {
    const place = await openStore();
    try {
      const setup = async (): Promise<{ model: Reference; real: Stand }> => {
        const real = await Stand.open(place.store);
        return { model: new Reference(real.clock.now()), real };
      };
      await fc.asyncModelRun(setup, steps);
      commands += [...steps].length;
    } finally {
      await place.close();
    }
  });
  const result = await fc.check(property, { numRuns: sequences, seed, ...(path === undefined ? {} : { path }) });
  if (!result.failed) return { sequences: result.numRuns, commands, divergence: undefined };
  const story = textOf(result.counterexample?.[0]);
  const [, shortened = ""] = /replayPath="([^"]*)"/.exec(story) ?? [];
  const steps = story.replace(/ ?\/\*replayPath=.*$/, "").split(",");
  const again = `node --conditions=@millrace/source test/model/main.ts ${seed} '${result.counterexamplePath}' '${shortened}'`;
  const divergence = [messageOf(result.errorInstance), ...steps.map((step) => `  ${step.trim()}`), again].join("\n");
  return { sequences: result.numRuns, commands, divergence };
}

/** Commands join what each of them says of itself. */
function textOf(steps: { toString(): string } | undefined): string {
  return steps?.toString() ?? "";
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
