import type { AttemptOrder, TaskRunRow, YieldUntil } from "@millrace/core";

type Approval = YieldUntil & { readonly kind: "approval" };

/** A question that waits for a person. */
export type OpenQuestion = Pick<TaskRunRow, "run" | "node" | "item">;

/**
 * Looks at what people are asked and what they say, at the moment at which it becomes durable: a question is decided once,
 * the decision stays with the task, and the attempt that goes on is told it.
 */
export class ApprovalWatch {
  readonly #wrong: string[];
  /** By question: a task run asks anew with each wait. */
  readonly #asked = new Map<string, TaskRunRow>();
  /** By comment, which is another for each answer that a person gives: how often it was taken. */
  readonly #taken = new Map<string, number>();

  constructor(wrong: string[]) {
    this.#wrong = wrong;
  }

  committed(rows: readonly TaskRunRow[]): void {
    for (const row of rows) if (row.hook === "") this.#row(row);
  }

  #row(row: TaskRunRow): void {
    const until = approvalOf(row);
    const key = keyOf(row);
    const before = this.#asked.get(key);
    const former = before === undefined ? undefined : approvalOf(before)?.decision;
    const decision = until?.decision;
    if (former !== undefined && JSON.stringify(former) !== JSON.stringify(decision)) {
      this.#wrong.push(`${key} was ${former.decision}, and then ${decision?.decision ?? "was forgotten"}`);
    }
    if (until === undefined) return;
    this.#asked.set(key, row);
    if (row.state === "deferred" && decision !== undefined) this.#wrong.push(`${key} was decided and waits`);
    if (former !== undefined || decision === undefined || decision.by === null) return;
    const comment = decision.comment ?? "";
    this.#taken.set(comment, (this.#taken.get(comment) ?? 0) + 1);
  }

  /** An engine orders an attempt: one that goes on after a question knows what was said. */
  started({ attempt, resumed, run, node, item, target }: AttemptOrder): void {
    if (target.kind === "hook" || resumed === null) return;
    const row = this.#asked.get(keyOf({ run, node, item, resumes: resumed.resumes }));
    const decision = row === undefined ? null : (approvalOf(row)?.decision ?? null);
    if (JSON.stringify(decision) === JSON.stringify(resumed.decision)) return;
    this.#wrong.push(`attempt ${attempt} was told ${resumed.decision?.decision}, and it is ${decision?.decision}`);
  }

  /** What nobody has decided. */
  get open(): readonly OpenQuestion[] {
    return [...this.#asked.values()].filter(
      (row) => row.state === "deferred" && approvalOf(row)?.decision === undefined,
    );
  }

  /** How often an answer was taken. */
  timesTaken(comment: string): number {
    return this.#taken.get(comment) ?? 0;
  }
}

function approvalOf({ waitsFor }: TaskRunRow): Approval | undefined {
  return waitsFor?.kind === "approval" ? waitsFor : undefined;
}

function keyOf({ run, node, item, resumes }: Pick<TaskRunRow, "run" | "node" | "item" | "resumes">): string {
  return `${run}/${node}/${item} (${resumes})`;
}
