import type {
  BranchNodeSpec,
  EncodedText,
  FlowSpec,
  MapNodeSpec,
  NodeSpec,
  TaskNodeSpec,
  TaskPolicies,
  Template,
  TriggerRule,
} from "@millrace/core";

export const NOTHING: Template = { kind: "value", text: "null" as EncodedText };

const POLICIES: TaskPolicies = {
  retries: { limit: 0, delay: { kind: "fixed", ms: 0 }, maxMs: null, jitter: 0, conditional: false },
  timeoutMs: null,
  totalTimeoutMs: null,
  cache: null,
  pools: [],
  concurrency: null,
  concurrencyKey: null,
  rateLimit: null,
  rateLimitKey: null,
  resources: null,
  priority: 0,
  isolation: "shared",
  onLost: "retry",
  graceMs: 0,
  memoryBytes: null,
};

export interface Waits {
  /** Nodes whose outputs it uses. */
  readonly uses?: readonly number[];
  readonly after?: readonly number[];
  readonly rule?: TriggerRule;
}

/** The output of a node. */
export function output(node: number): Template {
  return { kind: "output", node, path: [] };
}

/** Writes flows as the authoring API records them: a map before its body, a branch before its arms. */
export class SpecBuilder {
  readonly #nodes: NodeSpec[] = [];
  #map: number | null = null;
  #arm: NodeSpec["arm"] = null;

  task(id: string, { uses = [], after = [], rule = "all_success" }: Waits = {}): number {
    const input: Template = { kind: "list", items: uses.map(output) };
    return this.#add({ kind: "task", id, input, ...TASK, after, triggerRule: rule });
  }

  /** A task with an input of any shape. */
  taskWith(id: string, input: Template): number {
    return this.#add({ kind: "task", id, input, ...TASK, after: [], triggerRule: "all_success" });
  }

  map(id: string, { uses = [], after = [], rule = "all_success" }: Waits, body: (map: number) => Template | undefined) {
    const list: Template = { kind: "list", items: uses.map(output) };
    const draft = { kind: "map", id, list, result: NOTHING, maxItems: 100, after, triggerRule: rule } as const;
    const map = this.#add(draft);
    const result = this.#in({ map, arm: null }, () => body(map));
    this.#nodes[map] = { ...(this.#nodes[map] as MapNodeSpec), result: result ?? NOTHING };
    return map;
  }

  branch(
    id: string,
    { uses = [], after = [], rule = "all_success" }: Waits,
    arms: Readonly<Record<string, (branch: number) => Template | undefined>>,
  ): number {
    const condition: Template = {
      kind: "record",
      fields: Object.fromEntries(uses.map((node) => [node, output(node)])),
    };
    const draft = { kind: "branch", id, form: "choose", condition, results: {}, otherwise: null } as const;
    const branch = this.#add({ ...draft, after, triggerRule: rule });
    const results: Record<string, Template> = {};
    for (const [name, build] of Object.entries(arms)) {
      results[name] = this.#in({ map: this.#map, arm: { branch, name } }, () => build(branch)) ?? NOTHING;
    }
    this.#nodes[branch] = { ...(this.#nodes[branch] as BranchNodeSpec), results };
    return branch;
  }

  /** The flow as far as it has been written. */
  spec(name = "flow", output: Template | null = null): FlowSpec {
    return {
      name,
      description: null,
      docs: null,
      owner: null,
      tags: [],
      place: { file: "flow.ts", line: 1_000, column: 1 },
      params: null,
      policies: {
        maxActiveRuns: 16,
        overlap: "queue",
        dependsOnPast: false,
        timeoutMs: null,
        concurrency: null,
        concurrencyKeyed: false,
        taskKeys: 0,
        priority: 0,
      },
      schedules: [],
      triggers: [],
      partitions: null,
      nodes: [...this.#nodes],
      output,
      hooks: [],
      connections: [],
    };
  }

  /** Its place: the line is the node's index. */
  #add(draft: Draft): number {
    const node = this.#nodes.length;
    const place = { file: "flow.ts", line: node, column: 1 };
    this.#nodes.push({ ...draft, map: this.#map, arm: this.#arm, place });
    return node;
  }

  #in<Result>(region: Pick<NodeSpec, "map" | "arm">, build: () => Result): Result {
    const around = { map: this.#map, arm: this.#arm };
    this.#map = region.map;
    this.#arm = region.arm;
    const result = build();
    this.#map = around.map;
    this.#arm = around.arm;
    return result;
  }
}

type Draft = DraftOf<NodeSpec>;
type DraftOf<Node> = Node extends NodeSpec ? Omit<Node, "map" | "arm" | "place"> : never;

const TASK: Pick<
  TaskNodeSpec,
  "taskKind" | "policies" | "description" | "docs" | "owner" | "tags" | "hooks" | "details"
> = {
  taskKind: "function",
  policies: POLICIES,
  description: null,
  docs: null,
  owner: null,
  tags: [],
  hooks: [],
  details: {},
};
