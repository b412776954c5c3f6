import {
  type BranchNodeSpec,
  encode,
  type FlowPolicies,
  type FlowSpec,
  type HookKind,
  type MapNodeSpec,
  type NodeSpec,
  type Path,
  type RetryPolicy,
  type TaskNodeSpec,
  type TaskPolicies,
  type Template,
  type TriggerRule,
} from "@millrace/core";

/** A place in an input that is filled when the flow runs. */
export class Ref {
  readonly template: Template;
  /** The node it stands for; -1 for items and parameters. */
  readonly node: number;

  constructor(template: Template, node = -1) {
    this.template = template;
    this.node = node;
  }

  /** A field inside the value. */
  at(...path: Path): Ref {
    const { template } = this;
    if (!("path" in template)) throw new Error("this reference has no fields");
    return new Ref({ ...template, path: [...template.path, ...path] }, this.node);
  }

  /** Of a map: how each item ended. */
  get outcomes(): Ref {
    return new Ref({ kind: "outcomes", node: this.node }, this.node);
  }
}

export interface TaskSketch {
  /** Values with references anywhere inside. */
  readonly input?: unknown;
  readonly after?: readonly Ref[];
  readonly rule?: TriggerRule;
  /** A number is the limit, with delays of one second. */
  readonly retries?: number | Partial<RetryPolicy>;
  readonly hooks?: readonly HookKind[];
  readonly policies?: Partial<TaskPolicies>;
}

export interface FlowSketchOptions {
  readonly policies?: Partial<FlowPolicies>;
  readonly hooks?: readonly HookKind[];
  readonly schedules?: FlowSpec["schedules"];
  readonly triggers?: FlowSpec["triggers"];
  readonly partitions?: FlowSpec["partitions"];
}

type Region =
  | { readonly kind: "map"; readonly node: number }
  | { readonly kind: "arm"; readonly node: number; readonly name: string };

/** Writes down a flow without the authoring API: the engine is tested on plain specs, and on any that core allows. */
export class Sketch {
  readonly nodes: NodeSpec[] = [];
  readonly #around: Region[] = [];

  task(id: string, sketch: TaskSketch = {}): Ref {
    const spec: TaskNodeSpec = {
      ...this.#base(id, sketch),
      kind: "task",
      taskKind: "function",
      input: templateOf(sketch.input ?? {}),
      policies: { ...TASK_POLICIES, ...sketch.policies, retries: retriesOf(sketch.retries ?? 0) },
      description: null,
      docs: null,
      owner: null,
      tags: [],
      hooks: sketch.hooks ?? [],
      details: {},
    };
    return this.#add(spec);
  }

  /** A map; `body` places the nodes of one item and gives what the item returns. */
  map(
    id: string,
    sketch: Pick<TaskSketch, "after" | "rule"> & { readonly list: unknown; readonly maxItems?: number },
    body: (item: Ref, index: Ref) => unknown,
  ): Ref {
    const spec: MapNodeSpec = {
      ...this.#base(id, sketch),
      kind: "map",
      list: templateOf(sketch.list),
      result: templateOf(null),
      maxItems: sketch.maxItems ?? 100_000,
    };
    const ref = this.#add(spec);
    const map = ref.node;
    const result = this.#inside({ kind: "map", node: map }, () =>
      templateOf(body(new Ref({ kind: "item", map, path: [] }), new Ref({ kind: "index", map }))),
    );
    this.nodes[map] = { ...spec, result };
    return ref;
  }

  /** A branch on truth. */
  when(id: string, condition: unknown, arms: { yes: () => unknown; no?: () => unknown }): Ref {
    return this.#branch(id, {
      form: "when",
      condition,
      arms: [
        ["then", arms.yes],
        ["otherwise", arms.no],
      ],
      otherwise: null,
    });
  }

  /** A branch on a text. */
  choose(id: string, condition: unknown, arms: Readonly<Record<string, () => unknown>>): Ref {
    const otherwise = Object.hasOwn(arms, "otherwise") ? "otherwise" : null;
    return this.#branch(id, { form: "choose", condition, arms: Object.entries(arms), otherwise });
  }

  #branch(
    id: string,
    sketch: Pick<BranchNodeSpec, "form" | "otherwise"> & {
      readonly condition: unknown;
      readonly arms: readonly (readonly [string, (() => unknown) | undefined])[];
    },
  ): Ref {
    const { form, otherwise } = sketch;
    const condition = templateOf(sketch.condition);
    const spec: BranchNodeSpec = { ...this.#base(id, {}), kind: "branch", form, condition, results: {}, otherwise };
    const ref = this.#add(spec);
    const results: Record<string, Template> = {};
    for (const [name, build] of sketch.arms) {
      if (build === undefined) continue;
      results[name] = this.#inside({ kind: "arm", node: ref.node, name }, () => templateOf(build()));
    }
    this.nodes[ref.node] = { ...spec, results };
    return ref;
  }

  #base(
    id: string,
    { after, rule }: Pick<TaskSketch, "after" | "rule">,
  ): Omit<MapNodeSpec, "kind" | "list" | "result" | "maxItems"> {
    const innermost = this.#around.at(-1);
    return {
      id,
      map: this.#around.findLast((region) => region.kind === "map")?.node ?? null,
      arm: innermost?.kind === "arm" ? { branch: innermost.node, name: innermost.name } : null,
      after: (after ?? []).map((ref) => ref.node),
      triggerRule: rule ?? "all_success",
      place: null,
    };
  }

  #add(spec: NodeSpec): Ref {
    this.nodes.push(spec);
    const node = this.nodes.length - 1;
    return new Ref({ kind: "output", node, path: [] }, node);
  }

  #inside<Value>(region: Region, build: () => Value): Value {
    this.#around.push(region);
    const built = build();
    this.#around.pop();
    return built;
  }
}

/** The run's parameters. */
export const PARAMS = new Ref({ kind: "params", path: [] });

/** A flow as plain data. What `build` returns is the flow's output. */
export function flowOf(name: string, build: (flow: Sketch) => unknown, options: FlowSketchOptions = {}): FlowSpec {
  const sketch = new Sketch();
  const output = build(sketch);
  return {
    name,
    description: null,
    docs: null,
    owner: null,
    tags: [],
    place: null,
    params: null,
    schedules: options.schedules ?? [],
    triggers: options.triggers ?? [],
    partitions: options.partitions ?? null,
    policies: {
      maxActiveRuns: 16,
      overlap: "queue",
      dependsOnPast: false,
      timeoutMs: null,
      concurrency: null,
      concurrencyKeyed: false,
      taskKeys: 0,
      priority: 0,
      ...options.policies,
    },
    nodes: sketch.nodes,
    output: output === undefined ? null : templateOf(output),
    hooks: options.hooks ?? [],
    connections: [],
  };
}

function templateOf(value: unknown): Template {
  if (value instanceof Ref) return value.template;
  if (Array.isArray(value) && value.some(holdsRef)) return { kind: "list", items: value.map(templateOf) };
  if (holdsRef(value)) {
    const fields = Object.entries(value as object).map(([name, field]) => [name, templateOf(field)]);
    return { kind: "record", fields: Object.fromEntries(fields) };
  }
  return { kind: "value", text: encode(value) };
}

function holdsRef(value: unknown): boolean {
  if (value instanceof Ref) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsRef);
}

function retriesOf(retries: number | Partial<RetryPolicy>): RetryPolicy {
  const given = typeof retries === "number" ? { limit: retries } : retries;
  return { limit: 0, delay: { kind: "fixed", ms: 1_000 }, maxMs: null, jitter: 0, conditional: false, ...given };
}

const TASK_POLICIES: TaskPolicies = {
  retries: retriesOf(0),
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
  graceMs: 10_000,
  memoryBytes: null,
};
