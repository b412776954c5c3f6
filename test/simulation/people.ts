import { type Command, isFinalTaskRunState, type RunRow, taskRunLabel } from "@millrace/core";
import type { CommitWatch } from "../invariants/commit-watch.ts";
import { markOf } from "../invariants/marks.ts";
import type { SpecOf } from "../invariants/spec-of.ts";
import type { Chance } from "./chance.ts";
import type { Client } from "./client.ts";

export interface PeopleSurroundings {
  readonly client: () => Client;
  readonly chance: Chance;
  readonly watch: CommitWatch;
  readonly specOf: SpecOf;
}

type CommandOf<Kind extends Command["kind"]> = Command & { readonly kind: Kind };

/** People who put right what has ended, and answer what they are asked. Each says something that nobody else says. */
export class People {
  readonly #around: PeopleSurroundings;
  #said = 0;

  constructor(around: PeopleSurroundings) {
    this.#around = around;
  }

  #word(): string {
    this.#said += 1;
    return `word ${this.#said}`;
  }

  /** Marks a task or two of a run that somebody was told of; one that goes on still is refused. */
  mark(): void {
    const { chance, watch, client } = this.#around;
    const ended = watch.runs.filter(({ id, settled }) => settled && client().runs.includes(id));
    if (ended.length === 0) return;
    const run = chance.pick(ended);
    const labels = this.#labelsOf(run);
    if (labels.length === 0) return;
    const tasks = [...new Set(Array.from({ length: chance.between(1, 2) }, () => chance.pick(labels)))];
    const as = chance.pick(["success", "failed", "skipped"] as const);
    client().ask({ kind: "mark", run: run.id, tasks, as, reason: this.#word() });
  }

  #labelsOf({ id, version, flow }: RunRow): readonly string[] {
    const { watch, specOf } = this.#around;
    const { nodes } = specOf(version, flow);
    return watch
      .taskRunsOf(id)
      .filter(({ state }) => isFinalTaskRunState(state))
      .map(({ node, item }) => taskRunLabel(nodes[node]?.id ?? "", item));
  }

  /** Answers one question; so may somebody else at the same time. */
  decide(): void {
    const { chance, watch } = this.#around;
    const { open } = watch.approvals;
    if (open.length === 0) return;
    const question = chance.pick(open);
    for (let people = chance.between(1, 2); people > 0; people -= 1) this.#answer(question);
  }

  /** Leaves nothing open, and asks nobody twice. */
  decideAll(): void {
    const { watch, client } = this.#around;
    const asked = client().unanswered.map(({ command }) => placeOf(command));
    for (const question of watch.approvals.open) if (!asked.includes(placeOf(question))) this.#answer(question);
  }

  #answer({ run, node, item }: CommitWatch["approvals"]["open"][number]): void {
    const decision = this.#around.chance.pick(["approved", "rejected"] as const);
    this.#around.client().ask({ kind: "decide_approval", run, node, item, decision, comment: this.#word() });
  }

  /** What was said and answered well was done once; what was refused was not done. */
  audit(): string[] {
    const { watch, client } = this.#around;
    const marks = new Map<string, RunRow[]>();
    for (const run of watch.runs) {
      const { reason = null } = markOf(run) ?? {};
      // A rerun of it is no mark, and a mark is of one run.
      if (reason !== null) marks.set(reason, [...(marks.get(reason) ?? []), run]);
    }
    return client().asked.flatMap(({ command, answer }) => {
      const wanted = answer?.ok === true ? 1 : 0;
      if (command.kind === "mark") {
        const made = marks.get(command.reason ?? "") ?? [];
        const isTold = answer?.ok !== true || made.every(({ id }) => id === answer.run);
        return made.length === wanted && isTold ? [] : [saysOf(command, made.length, wanted)];
      }
      if (command.kind !== "decide_approval") return [];
      const taken = watch.approvals.timesTaken(command.comment ?? "");
      return taken === wanted ? [] : [saysOf(command, taken, wanted)];
    });
  }
}

function saysOf(command: CommandOf<"mark" | "decide_approval">, times: number, wanted: number): string {
  return `${JSON.stringify(command)} was done ${times} times, and should have ${wanted}`;
}

function placeOf(of: object): string {
  const { run, node, item } = of as { run?: string; node?: number; item?: string };
  return `${run}/${node}/${item}`;
}
