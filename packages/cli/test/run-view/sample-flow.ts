import {
  BLANK_TASK_RUN,
  type BranchNodeSpec,
  type EncodedText,
  type EventRow,
  type FlowSpec,
  type MapNodeSpec,
  type RunId,
  type RunRow,
  type TaskNodeSpec,
  type TaskRunRow,
} from "@millrace/core";

const NOTHING = { kind: "value", text: "null" as EncodedText } as const;
const BASE = { map: null, arm: null, after: [], triggerRule: "all_success", place: null } as const;

const POLICIES: TaskNodeSpec["policies"] = {
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
  graceMs: 5_000,
  memoryBytes: null,
};

export function taskNode(id: string, more: Partial<TaskNodeSpec> = {}): TaskNodeSpec {
  return {
    ...BASE,
    kind: "task",
    id,
    taskKind: "function",
    input: NOTHING,
    policies: POLICIES,
    description: null,
    docs: null,
    owner: null,
    tags: [],
    hooks: [],
    details: {},
    ...more,
  };
}

export function mapNode(id: string, more: Partial<MapNodeSpec> = {}): MapNodeSpec {
  return { ...BASE, kind: "map", id, list: NOTHING, result: NOTHING, maxItems: 100_000, ...more };
}

export function branchNode(id: string, more: Partial<BranchNodeSpec> = {}): BranchNodeSpec {
  return { ...BASE, kind: "branch", id, form: "when", condition: NOTHING, results: {}, otherwise: null, ...more };
}

/** Upstream: an input that takes the output of another node. */
export function from(node: number): TaskNodeSpec["input"] {
  return { kind: "output", node, path: [] };
}

export function flowSpec(nodes: FlowSpec["nodes"], more: Partial<FlowSpec> = {}): FlowSpec {
  return {
    name: "daily",
    description: null,
    docs: null,
    owner: null,
    tags: [],
    place: null,
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
    nodes,
    output: null,
    hooks: [],
    connections: [],
    ...more,
  };
}

/** extract; a map of one task; a map of two; a branch with an arm of one; a task in a group. */
export const SAMPLE = flowSpec([
  taskNode("extract"),
  mapNode("process", { list: from(0) }),
  taskNode("process[]", { map: 1 }),
  mapNode("airport", { list: from(0) }),
  taskNode("airport[]/fetch", { map: 3 }),
  taskNode("airport[]/load", { map: 3, input: from(4) }),
  branchNode("big", { form: "choose", condition: from(0), results: { yes: from(7) } }),
  taskNode("notify", { arm: { branch: 6, name: "yes" } }),
  taskNode("audit/count", { input: from(1), triggerRule: "all_done" }),
]);

export const RUN = "01JD8Z0000000000000000000A" as RunId;

export function runRow(more: Partial<RunRow> = {}): RunRow {
  return {
    id: RUN,
    flow: "daily",
    version: "v" as RunRow["version"],
    state: "running",
    params: "{}" as EncodedText,
    window: { startMs: 0, endMs: 0 },
    scheduledAtMs: null,
    slice: null,
    backfill: null,
    trigger: { kind: "manual", actor: "me" },
    selection: null,
    idempotencyKey: null,
    concurrencyKey: null,
    taskKeys: null,
    class: "live",
    rerunOf: null,
    rootRun: RUN,
    createdAtMs: 1_000,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    settled: false,
    cancelRequested: false,
    ...more,
  };
}

export function taskRunRow(node: number, item: string, more: Partial<TaskRunRow> = {}): TaskRunRow {
  return {
    ...BLANK_TASK_RUN,
    run: RUN,
    node,
    item: item as TaskRunRow["item"],
    state: "success",
    tries: 1,
    readyAtMs: 1_000,
    startedAtMs: 1_000,
    endedAtMs: 2_000,
    ...more,
  };
}

/** An event as the store gives it. */
export function eventRow(
  type: EventRow["type"],
  at: number,
  more: { node?: number; item?: string; data?: object } = {},
): EventRow {
  return {
    run: RUN,
    atMs: at,
    type,
    node: more.node ?? -1,
    item: (more.item ?? "") as EventRow["item"],
    attempt: type === "task.started" ? (7 as NonNullable<EventRow["attempt"]>) : null,
    data: more.data === undefined ? null : JSON.stringify(more.data),
  };
}
