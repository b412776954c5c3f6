import type { FlowSpec, HookKind, TriggerRule } from "@millrace/core";
import { flowOf, type Ref } from "@millrace/testing/simulation";

/** A task of the flows that the model knows, or a map of one when it has items. */
export interface ModelTask {
  readonly id: string;
  readonly after: readonly string[];
  readonly rule: TriggerRule;
  readonly retries: number;
  readonly pool: string | null;
  readonly concurrency: number | null;
  readonly onLost: "retry" | "fail";
  readonly totalTimeoutMs: number | null;
  readonly hooks: readonly HookKind[];
  readonly items: number | null;
}

export interface ModelFlow {
  readonly name: string;
  readonly tasks: readonly ModelTask[];
  readonly concurrency: number | null;
  readonly timeoutMs: number | null;
}

export const RETRY_DELAY_MS = 1_000;
export const CRASH_BUDGET = 3;
/** Slots by pool. */
export const POOLS = { narrow: 1 } as const;
export const CAPACITY = 3;

function task(id: string, more: Partial<ModelTask> = {}): ModelTask {
  const plain = { after: [], rule: "all_success", retries: 0, pool: null, concurrency: null } as const;
  return { ...plain, onLost: "retry", totalTimeoutMs: null, hooks: [], items: null, id, ...more };
}

function flow(name: string, tasks: readonly ModelTask[], more: Partial<ModelFlow> = {}): ModelFlow {
  return { name, tasks, concurrency: null, timeoutMs: null, ...more };
}

/** Small enough to be read in a counterexample; between them they have every policy that the engine decides by. */
export const FLOWS: readonly ModelFlow[] = [
  flow("line", [
    task("a", { retries: 2 }),
    task("b", { after: ["a"], pool: "narrow" }),
    task("c", { after: ["b"], hooks: ["success", "retry"], retries: 1 }),
  ]),
  flow("diamond", [
    task("a"),
    task("b", { after: ["a"], pool: "narrow", totalTimeoutMs: 6_000 }),
    task("c", { after: ["a"], onLost: "fail" }),
    task("d", { after: ["b", "c"], rule: "all_done" }),
    task("e", { after: ["b", "c"], rule: "one_failed" }),
    task("f", { after: ["d", "e"], rule: "none_failed_min_one_success" }),
  ]),
  flow("single", [task("only", { totalTimeoutMs: 8_000, retries: 3 })], { concurrency: 1 }),
  flow("mapped", [
    task("first"),
    task("each", { after: ["first"], items: 3, pool: "narrow", retries: 1 }),
    task("sum", { after: ["each"], rule: "none_failed", hooks: ["failure"] }),
  ]),
  flow("limited", [task("x", { concurrency: 1, hooks: ["failure"] }), task("y", { after: ["x"], rule: "all_done" })], {
    timeoutMs: 10_000,
  }),
];

export function flowNamed(name: string): ModelFlow {
  const found = FLOWS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the model knows no flow ${name}`);
  return found;
}

/** The same flow for the engine. */
export function specOf({ name, tasks, concurrency, timeoutMs }: ModelFlow): FlowSpec {
  return flowOf(
    name,
    (sketch) => {
      const refs = new Map<string, Ref>();
      for (const one of tasks) {
        const { id, rule, retries, pool, hooks, items } = one;
        const after = one.after.map((upstream) => refs.get(upstream) as Ref);
        const { concurrency: own, onLost, totalTimeoutMs } = one;
        const pools = pool === null ? [] : [{ pool, slots: 1 }];
        const options = { retries, hooks, policies: { pools, concurrency: own, onLost, totalTimeoutMs } };
        const list = Array.from({ length: items ?? 0 }, (_, index) => index);
        const ref =
          items === null
            ? sketch.task(id, { ...options, after, rule })
            : sketch.map(id, { list, after, rule }, () => sketch.task(`${id}[]`, options));
        refs.set(id, ref);
      }
    },
    { policies: { concurrency, timeoutMs } },
  );
}
