import type { FlowPolicies, FlowSpec, HookKind, TriggerRule } from "@millrace/core";
import { flowOf, type Ref, type Sketch } from "@millrace/testing/simulation";
import fc from "fast-check";

/** A task, a map or a branch of a random flow. `ups` picks what it waits for among what it can see. */
type Part =
  | {
      readonly kind: "task";
      readonly ups: readonly number[];
      readonly rule: TriggerRule;
      readonly retries: number;
      readonly pool: string | null;
      readonly concurrency: number | null;
      readonly timeouts: "none" | "attempt" | "total";
      readonly hooks: readonly HookKind[];
      readonly onLost: "retry" | "fail";
      readonly isCached: boolean;
    }
  | { readonly kind: "map"; readonly ups: readonly number[]; readonly items: number; readonly body: readonly Part[] }
  | {
      readonly kind: "branch";
      readonly ups: readonly number[];
      readonly isTrue: boolean;
      readonly arms: readonly [readonly Part[], readonly Part[]];
    };

/** How many slots the pools of random flows have. */
export const POOLS = { narrow: 1, wide: 3 } as const;
const TIMEOUT_MS = 7_000;

/** What tasks that wait for a run wait for. */
export const CHILD_FLOW = "child";

/** The flow of which tasks make runs and wait for them. */
export const childFlow: FlowSpec = flowOf(CHILD_FLOW, (flow) => flow.task("leaf", { retries: 2 }));

const ups = fc.array(fc.nat(20), { maxLength: 3 });
const rule = fc.oneof(
  { arbitrary: fc.constant<TriggerRule>("all_success"), weight: 4 },
  {
    arbitrary: fc.constantFrom<TriggerRule>(
      "all_done",
      "none_failed",
      "one_failed",
      "one_success",
      "all_failed",
      "always",
    ),
    weight: 1,
  },
);

const task: fc.Arbitrary<Part> = fc.record({
  kind: fc.constant("task"),
  ups,
  rule,
  retries: fc.nat(2),
  pool: fc.constantFrom("narrow", "wide", null),
  concurrency: fc.constantFrom(1, null, null),
  timeouts: fc.constantFrom("none", "none", "attempt", "total"),
  hooks: fc.subarray<HookKind>(["success", "failure", "retry"]),
  onLost: fc.constantFrom("retry", "retry", "retry", "retry", "fail"),
  isCached: fc.constantFrom(true, false, false, false),
});

function parts(depth: number): fc.Arbitrary<readonly Part[]> {
  if (depth === 0) return fc.array(task, { minLength: 1, maxLength: 3 });
  const inner = parts(depth - 1);
  const map: fc.Arbitrary<Part> = fc.record({ kind: fc.constant("map"), ups, items: fc.nat(3), body: inner });
  const branch: fc.Arbitrary<Part> = fc.record({
    kind: fc.constant("branch"),
    ups,
    isTrue: fc.boolean(),
    arms: fc.tuple(inner, inner),
  });
  const part = fc.oneof(
    { arbitrary: task, weight: 4 },
    { arbitrary: map, weight: 1 },
    { arbitrary: branch, weight: 1 },
  );
  return fc.array(part, { minLength: 1, maxLength: 5 });
}

const anyParts = parts(2);

/** Parts of flows, the same for the same seed. */
export function drawParts(seed: number, count: number): readonly (readonly Part[])[] {
  return fc.sample(anyParts, { seed, numRuns: count });
}

/** The flow of some parts. */
export function randomFlow(name: string, all: readonly Part[], policies: Partial<FlowPolicies>): FlowSpec {
  const build = (flow: Sketch): unknown => {
    const placer = new Placer(flow);
    return placer.place(all, { seen: [], ids: "", map: "" });
  };
  return flowOf(name, build, { policies, hooks: ["success", "failure"] });
}

/** Where parts are placed: what they see, what their ids begin with, and the map around them. */
interface Around {
  readonly seen: readonly Ref[];
  readonly ids: string;
  readonly map: string;
}

class Placer {
  readonly #flow: Sketch;
  #count = 0;
  /** The id of the map in whose body it stands. */
  readonly #mapOf = new Map<Ref, string>();

  constructor(flow: Sketch) {
    this.#flow = flow;
  }

  /** Places the parts; each sees those before it, and what is around. Gives references to them all. */
  place(all: readonly Part[], around: Around): readonly Ref[] {
    const own: Ref[] = [];
    for (const part of all) {
      const ref = this.#placeOne(part, { ...around, seen: [...around.seen, ...own] });
      this.#mapOf.set(ref, around.map);
      own.push(ref);
    }
    return own;
  }

  #placeOne(part: Part, around: Around): Ref {
    const { seen, ids, map } = around;
    this.#count += 1;
    const id = `${ids}${part.kind}${this.#count}`;
    const after = seen.length === 0 ? [] : [...new Set(part.ups.map((up) => seen[up % seen.length] as Ref))];
    switch (part.kind) {
      case "task": {
        const { pool, concurrency, timeouts, onLost, isCached, retries, hooks } = part;
        const policies = {
          pools: pool === null ? [] : [{ pool, slots: 1 }],
          concurrency,
          timeoutMs: timeouts === "attempt" ? TIMEOUT_MS : null,
          totalTimeoutMs: timeouts === "total" ? TIMEOUT_MS : null,
          onLost,
          cache: isCached ? { expiresMs: null, customKey: false, salt: "" } : null,
        };
        // Upstreams outside of the map around it are waited for by the map.
        const ruled = after.some((ref) => this.#mapOf.get(ref) === map) ? part.rule : "all_success";
        return this.#flow.task(id, { input: { after }, rule: ruled, retries, hooks, policies });
      }
      case "map": {
        const list = Array.from({ length: part.items }, (_, index) => index);
        return this.#flow.map(id, { list, after }, () => this.place(part.body, { seen, ids: `${id}[]/`, map: id }));
      }
      case "branch": {
        const [yes, no] = part.arms;
        const condition = { is: part.isTrue, after };
        return this.#flow.when(id, this.#picked(condition, id), {
          yes: () => this.place(yes, around),
          no: () => this.place(no, around),
        });
      }
    }
  }

  /** A condition that waits for others must come from a task. */
  #picked(condition: { readonly is: boolean; readonly after: readonly Ref[] }, id: string): unknown {
    if (condition.after.length === 0) return condition.is;
    return this.#flow.task(`${id}-condition`, { input: condition, policies: { concurrency: null } }).at("is");
  }
}
