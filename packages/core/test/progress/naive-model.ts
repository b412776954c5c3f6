import type { FlowSpec, NodeSpec } from "@millrace/core";
import { meaningOf, type Outcome } from "../rule-meaning.ts";
import { keyOf, type Script } from "./script.ts";

/** How a node is to be entered: not at all, or with the arm that is taken. */
type Gate = "open" | "skipped" | "upstream_failed";

/** What is different about a run of a part of a flow. */
export interface Part {
  /** Nodes that are not in the run, as if they were not in the flow. */
  readonly leftOut?: ReadonlySet<number>;
  /** How task runs stand from the start, by key. */
  readonly given?: ReadonlyMap<string, Outcome>;
}

/**
 * What a run comes to, defined from its end: a node's outcome follows from those it waits for, by the words of
 * the design. It knows no order, no counters and no scopes.
 */
export class NaiveModel {
  readonly #nodes: readonly NodeSpec[];
  readonly #script: Script;
  readonly #leftOut: ReadonlySet<number>;
  readonly #given: ReadonlyMap<string, Outcome>;
  readonly #upstreams: readonly ReadonlySet<number>[];
  readonly #known = new Map<string, Outcome>();

  constructor(spec: FlowSpec, script: Script, { leftOut = new Set(), given = new Map() }: Part = {}) {
    this.#nodes = spec.nodes;
    this.#script = script;
    this.#leftOut = leftOut;
    this.#given = given;
    this.#upstreams = upstreamsOf(spec.nodes);
  }

  /** How the run ends. */
  outcome(): "success" | "failed" {
    return this.#regionOutcome(this.#members(null, null), "") === "failed" ? "failed" : "success";
  }

  stateOf(node: number, item: string): Outcome {
    const key = keyOf(node, item);
    const known = this.#given.get(key) ?? this.#known.get(key);
    if (known !== undefined) return known;
    const state = this.#decide(node, item);
    this.#known.set(key, state);
    return state;
  }

  #decide(node: number, item: string): Outcome {
    const spec = this.#at(node);
    const gate = this.#gateOf(spec, item);
    if (gate !== "open") return gate;
    switch (this.#meaning(node, item)) {
      case "SKIPPED":
        return "skipped";
      case "UPSTREAM_FAILED":
        return "upstream_failed";
      case "RUN":
        return this.#run(node, item);
    }
  }

  #run(node: number, item: string): Outcome {
    const key = keyOf(node, item);
    const { kind } = this.#at(node);
    if (kind === "task") return this.#script.task(key);
    const outcome = kind === "map" ? this.#mapOutcome(node, item) : this.#branchOutcome(node, item);
    return outcome === "success" && this.#script.losesResult(key) ? "failed" : outcome;
  }

  #mapOutcome(node: number, item: string): Outcome {
    const count = this.#script.items(keyOf(node, item));
    if (count === undefined) return "failed";
    const body = this.#members(node, null);
    const items = Array.from({ length: count }, (_, index) => (item === "" ? `${index}` : `${item}.${index}`));
    return items.some((inner) => this.#regionOutcome(body, inner) === "failed") ? "failed" : "success";
  }

  #branchOutcome(node: number, item: string): Outcome {
    const name = this.#script.arm(keyOf(node, item));
    if (name === undefined) return "failed";
    return this.#regionOutcome(this.#members(this.#at(node).map, { branch: node, name }), item);
  }

  /** Failed when a leaf failed or never ran because of a failure; skipped when all leaves were. */
  #regionOutcome(members: readonly number[], item: string): "success" | "failed" | "skipped" {
    const inRun = members.filter((node) => !this.#leftOut.has(node));
    const waitedFor = new Set(inRun.flatMap((node) => [...(this.#upstreams[node] as ReadonlySet<number>)]));
    const leaves = inRun.filter((node) => !waitedFor.has(node)).map((node) => this.stateOf(node, item));
    if (leaves.some((state) => state === "failed" || state === "upstream_failed")) return "failed";
    return leaves.length > 0 && leaves.every((state) => state === "skipped") ? "skipped" : "success";
  }

  /** Whether the arm around a node is taken. */
  #gateOf({ arm }: NodeSpec, item: string): Gate {
    if (arm === null) return "open";
    const around = this.#gateOf(this.#at(arm.branch), item);
    if (around !== "open") return around;
    const meaning = this.#meaning(arm.branch, item);
    if (meaning === "UPSTREAM_FAILED") return "upstream_failed";
    return meaning === "RUN" && this.#script.arm(keyOf(arm.branch, item)) === arm.name ? "open" : "skipped";
  }

  #meaning(node: number, item: string): ReturnType<typeof meaningOf> {
    const upstreams = [...(this.#upstreams[node] as ReadonlySet<number>)].filter((other) => !this.#leftOut.has(other));
    return meaningOf(
      this.#at(node).triggerRule,
      upstreams.map((upstream) => this.stateOf(upstream, item)),
    );
  }

  #members(map: number | null, arm: NodeSpec["arm"]): readonly number[] {
    return [...this.#nodes.keys()].filter((node) => {
      const spec = this.#at(node);
      return spec.map === map && spec.arm?.branch === arm?.branch && spec.arm?.name === arm?.name;
    });
  }

  #at(node: number): NodeSpec {
    return this.#nodes[node] as NodeSpec;
  }
}

/** By node: those in the same body that it, or anything in its own body, refers to. */
function upstreamsOf(nodes: readonly NodeSpec[]): readonly ReadonlySet<number>[] {
  const upstreams = nodes.map(() => new Set<number>());
  for (const [node, spec] of nodes.entries()) {
    for (const upstream of [...spec.after, ...refsIn(spec)]) {
      const other = nodes[upstream] as NodeSpec;
      if (other.map === node || other.arm?.branch === node) continue;
      let waiting = node;
      while (nodes[waiting]?.map !== other.map) waiting = nodes[waiting]?.map as number;
      upstreams[waiting]?.add(upstream);
    }
  }
  return upstreams;
}

function refsIn(value: unknown): readonly number[] {
  if (typeof value !== "object" || value === null) return [];
  const { kind, node } = value as { readonly kind?: unknown; readonly node?: unknown };
  if (kind === "output" && typeof node === "number") return [node];
  return Object.values(value).flatMap(refsIn);
}
