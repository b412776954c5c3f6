import {
  type AttemptId,
  type AttemptOrder,
  type Changes,
  decode,
  type EncodedText,
  type OutputRow,
  type TaskRunRow,
} from "@millrace/core";
import type { CommitWatch } from "../invariants/commit-watch.ts";
import type { Given } from "./script.ts";

/** Follows what tasks give: every value names the attempt it is from, and only those that succeeded may be heard of. */
export class ValueWatch {
  readonly #watch: CommitWatch;
  readonly #reports = new Set<string>();

  constructor(watch: CommitWatch) {
    this.#watch = watch;
  }

  /** A commit has become durable, and the watch has seen it. */
  written({ outputs, taskRuns, reports }: Changes): void {
    const rows = new Map(taskRuns.filter(({ hook }) => hook === "").map((row) => [placeOf(row), row]));
    for (const output of outputs) this.#output(output, rows.get(placeOf(output)));
    for (const { attempt, data } of reports) {
      const said = JSON.stringify(data);
      if (this.#reports.has(said)) this.#watch.wrong.push(`a report of attempt ${attempt} was kept twice`);
      this.#reports.add(said);
      const { payload } = data as { payload?: { attempt?: AttemptId } };
      if (payload?.attempt !== attempt) this.#watch.wrong.push(`attempt ${attempt} is said to have reported ${said}`);
    }
  }

  #output(output: OutputRow, row: TaskRunRow | undefined): void {
    const { run, node, item, value } = output;
    if (value.kind !== "inline") return;
    const given = decode(value.text);
    this.#hear(given, `the output of ${run}/${node}/${item}`);
    if (!isGiven(given) || row === undefined || row.cached || row.reusedFrom !== null) return;
    const from = this.#watch.findAttempt(given.attempt as AttemptId);
    if (from?.run !== run || from.node !== node || from.item !== item || from.hook !== "") {
      this.#watch.wrong.push(
        `the output of ${run}/${node}/${item} is from attempt ${given.attempt}, which is not its own`,
      );
    }
  }

  /** An engine orders an attempt. */
  ordered({ attempt, input }: AttemptOrder): void {
    this.#hear(decode(input as EncodedText), `the input of attempt ${attempt}`);
  }

  /** Whatever is in a value comes from attempts that succeeded. */
  #hear(value: unknown, where: string): void {
    if (typeof value !== "object" || value === null) return;
    if (isGiven(value)) {
      const state = this.#watch.findAttempt(value.attempt as AttemptId)?.state;
      if (state !== "success") {
        this.#watch.wrong.push(`${where} holds what attempt ${value.attempt} gave, which is ${state ?? "not known"}`);
      }
      return;
    }
    for (const inner of Object.values(value)) this.#hear(inner, where);
  }
}

function placeOf({ run, node, item }: Pick<TaskRunRow, "run" | "node" | "item">): string {
  return `${run}/${node}/${item}`;
}

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && "attempt" in value && "label" in value;
}
