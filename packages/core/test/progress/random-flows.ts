import type { FlowSpec, TriggerRule } from "@millrace/core";
import fc from "fast-check";
import { output, SpecBuilder, type Waits } from "../spec-builder.ts";

const RULES: readonly TriggerRule[] = [
  "all_success",
  "all_failed",
  "all_done",
  "all_done_min_one_success",
  "all_skipped",
  "one_success",
  "one_failed",
  "one_done",
  "none_failed",
  "none_failed_min_one_success",
  "none_skipped",
  "always",
];

/** The empty text is a name as good as any. */
const ARMS = ["left", "right", ""];

interface Shape {
  readonly kind: "task" | "map" | "branch";
  readonly rule: TriggerRule;
  /** Which of the nodes that it sees it waits for, counted backwards from the last. */
  readonly picks: readonly number[];
  /** The body of a map (the first), the arms of a branch. */
  readonly regions: readonly (readonly Shape[])[];
}

const { flow: SHAPES } = fc.letrec<{ flow: Shape[]; region: Shape[]; task: Shape; node: Shape }>((tie) => {
  const waits = {
    rule: fc.oneof(fc.constant<TriggerRule>("all_success"), fc.constantFrom(...RULES)),
    picks: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
  };
  const regions = fc.array(tie("region"), { minLength: 1, maxLength: ARMS.length });
  return {
    flow: fc.array(tie("node"), { maxLength: 9 }),
    region: fc.array(tie("node"), { maxLength: 4 }),
    task: fc.record({ kind: fc.constant("task" as const), ...waits, regions: fc.constant([]) }),
    node: fc.oneof(
      { maxDepth: 3, depthIdentifier: "region" },
      { arbitrary: tie("task"), weight: 5 },
      { arbitrary: fc.record({ kind: fc.constant("map" as const), ...waits, regions }), weight: 2 },
      { arbitrary: fc.record({ kind: fc.constant("branch" as const), ...waits, regions }), weight: 3 },
    ),
  };
});

/** Flows of any graph, with all rules, and with maps and branches within each other. */
export const RANDOM_FLOWS: fc.Arbitrary<FlowSpec> = SHAPES.map((shapes) => {
  const writer = new ShapeWriter();
  writer.write(shapes, []);
  return writer.builder.spec();
});

/** A node that can be waited for from here, and how many maps are around it. */
interface Seen {
  readonly node: number;
  readonly depth: number;
}

class ShapeWriter {
  readonly builder = new SpecBuilder();
  #count = 0;
  #depth = 0;

  /** Writes the nodes of one region. Gives its last node. */
  write(shapes: readonly Shape[], around: readonly Seen[]): number | undefined {
    const seen = [...around];
    for (const shape of shapes) seen.push({ node: this.#writeOne(shape, seen), depth: this.#depth });
    return shapes.length === 0 ? undefined : seen.at(-1)?.node;
  }

  #writeOne(shape: Shape, seen: readonly Seen[]): number {
    const id = `n${this.#count++}`;
    const waits = this.#waitsOf(shape, seen);
    switch (shape.kind) {
      case "task":
        return this.builder.task(id, waits);
      case "map":
        return this.builder.map(id, waits, () => {
          this.#depth += 1;
          const last = this.write(shape.regions[0] ?? [], seen);
          this.#depth -= 1;
          return last === undefined ? undefined : output(last);
        });
      case "branch": {
        const arms = shape.regions.map((region, index) => {
          const build = () => {
            const last = this.write(region, seen);
            return last === undefined ? undefined : output(last);
          };
          return [ARMS[index] ?? "", build] as const;
        });
        return this.builder.branch(id, waits, Object.fromEntries(arms));
      }
    }
  }

  /** A rule needs something in the same body to look at. */
  #waitsOf({ picks, rule }: Shape, seen: readonly Seen[]): Waits {
    const picked = picks.flatMap((pick) => seen.at(-1 - pick) ?? []);
    const [first, ...rest] = picked.map(({ node }) => node);
    const hasUpstream = picked.some(({ depth }) => depth === this.#depth);
    return { uses: first === undefined ? [] : [first], after: rest, rule: hasUpstream ? rule : "all_success" };
  }
}
