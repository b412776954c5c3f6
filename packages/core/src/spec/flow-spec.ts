import type { PartitionsSpec } from "../time/partitions-spec.ts";
import type { ScheduleSpec } from "../time/schedule-spec.ts";
import type { TriggerSpec } from "../triggers/trigger-spec.ts";
import type { FlowPolicies, TaskPolicies } from "./policies.ts";
import type { SourcePlace } from "./source-place.ts";
import type { Template } from "./template.ts";

/**
 * A flow as plain data: what the authoring API records, what a version's manifest stores, and what the engine runs.
 * It holds no function; those stay in the bundle and are found again by the node's index.
 */
export interface FlowSpec {
  /** Unique in its project: lower-case letters, digits, `-`, `_`, `.` and `/`. */
  readonly name: string;
  /** One line for lists. */
  readonly description: string | null;
  /** Longer text in Markdown. */
  readonly docs: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly place: SourcePlace | null;
  /** Undefined where the flow takes no parameters. */
  readonly params: ParamsSpec | null;
  readonly policies: FlowPolicies;
  /** When runs of it are made by the clock. Names are unique among these and the triggers. */
  readonly schedules: readonly ScheduleSpec[];
  /** What else makes runs of it. */
  readonly triggers: readonly TriggerSpec[];
  /** How its data is cut; null where each run covers all of its window. */
  readonly partitions: PartitionsSpec | null;
  /**
   * All nodes, those inside maps and branches too, each after everything it refers to. A node's index in this list is
   * its identity within a version.
   */
  readonly nodes: readonly NodeSpec[];
  /** What the flow returns to a `flowRun` that started it, or null. */
  readonly output: Template | null;
  /** Hooks that watch the run as a whole. */
  readonly hooks: readonly HookKind[];
  /** Named connections that the flow's tasks use, checked against the project's configuration. */
  readonly connections: readonly string[];
  /** Stored secrets that its tasks are known to read. Left out where there are none. */
  readonly secrets?: readonly string[];
}

export interface ParamsSpec {
  /** JSON Schema of the parameters, where the validator can give one; for forms, help and documentation. */
  readonly jsonSchema: unknown;
}

export type NodeSpec = TaskNodeSpec | MapNodeSpec | BranchNodeSpec;

/** What every node has. */
interface NodeBase {
  /**
   * Unique in its flow. Groups add a prefix (`group/task`); a node in the body of a map carries `[]` where its index
   * goes (`process[]`, `airport[]/load`).
   */
  readonly id: string;
  /** The map in whose body the node stands (the innermost), as an index into `nodes`; null at the top. */
  readonly map: number | null;
  /** The branch arm in which the node stands (the innermost within the same map body), or null. */
  readonly arm: { readonly branch: number; readonly name: string } | null;
  /** Nodes that must be decided first, beside those that the inputs refer to (`task.after(…)`). */
  readonly after: readonly number[];
  readonly triggerRule: TriggerRule;
  readonly place: SourcePlace | null;
}

/** A node that runs attempts. */
export interface TaskNodeSpec extends NodeBase {
  readonly kind: "task";
  /** `function`, `shell`, `python`, `sql`, `http`, `flow-run`, `wait`, or the name of a user's own kind. */
  readonly taskKind: string;
  readonly input: Template;
  readonly policies: TaskPolicies;
  readonly description: string | null;
  readonly docs: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly hooks: readonly HookKind[];
  /** What a kind wants to show about itself: a command, a file, a connection. Never a secret. */
  readonly details: Readonly<Record<string, string>>;
  /** Named connections that it uses, and stored secrets that it is known to read. Left out where there are none. */
  readonly connections?: readonly string[];
  readonly secrets?: readonly string[];
  /** Files that the task reads when it runs (`.sql`, `.py`), relative to the project's folder: part of the version. */
  readonly files?: readonly string[];
}

/** A body of nodes that is repeated for each element of a list known only at run time. */
export interface MapNodeSpec extends NodeBase {
  readonly kind: "map";
  /** Gives the list. */
  readonly list: Template;
  /** What one item gives back, made of references to nodes of the body. */
  readonly result: Template;
  /** More items than this fail the map with the figure. Defaults to 100,000. */
  readonly maxItems: number;
}

/** A region of which exactly one arm runs. To the outside it is one node. */
export interface BranchNodeSpec extends NodeBase {
  readonly kind: "branch";
  /** `when`: truthy takes `then`, else `otherwise`. `choose`: the text names the arm. */
  readonly form: "when" | "choose";
  readonly condition: Template;
  /** By arm: what the region returns if it is taken. An arm that was not written takes nothing and returns nothing. */
  readonly results: Readonly<Record<string, Template>>;
  /** The arm for a value that names none (`choose`), or null: then such a value fails the branch. */
  readonly otherwise: string | null;
}

/** When, after its upstreams, a task runs; names and outcomes are Airflow's. */
export type TriggerRule =
  | "all_success"
  | "all_failed"
  | "all_done"
  | "all_done_min_one_success"
  | "all_skipped"
  | "one_success"
  | "one_failed"
  | "one_done"
  | "none_failed"
  | "none_failed_min_one_success"
  | "none_skipped"
  | "always";

/** What a hook watches. `retry` exists for tasks only. */
export type HookKind = "success" | "failure" | "retry";
