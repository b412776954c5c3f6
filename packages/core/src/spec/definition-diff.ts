import type { VersionFlow } from "../ports/definitions.ts";
import type { ScheduleSpec } from "../time/schedule-spec.ts";
import type { FlowSpec, NodeSpec } from "./flow-spec.ts";

/** What two versions of a project say differently about its flows. */
export interface DefinitionDiff {
  readonly added: readonly FlowSpec[];
  /** Names. */
  readonly removed: readonly string[];
  readonly changed: readonly FlowChange[];
}

/** What has become of one flow. */
export interface FlowChange {
  readonly flow: string;
  readonly tasks: ListChange;
  readonly schedules: ListChange;
  readonly triggers: ListChange;
  /** Parts of the flow itself: `params`, `policies`, …; `code` when only functions have changed. */
  readonly parts: readonly string[];
}

export interface ListChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Parts of a flow that are told by their name alone. */
const PARTS = ["params", "policies", "partitions", "output", "hooks", "owner", "tags", "description", "docs"] as const;

export function diffDefinitions(before: readonly VersionFlow[], after: readonly VersionFlow[]): DefinitionDiff {
  const former = new Map(before.map((flow) => [flow.spec.name, flow]));
  const now = new Set(after.map(({ spec }) => spec.name));
  const changed: FlowChange[] = [];
  const added: FlowSpec[] = [];
  for (const flow of after) {
    const old = former.get(flow.spec.name);
    if (old === undefined) added.push(flow.spec);
    else changed.push(...diffFlow(old, flow));
  }
  return { added, removed: [...former.keys()].filter((name) => !now.has(name)), changed };
}

export function isSameDefinitions({ added, removed, changed }: DefinitionDiff): boolean {
  return added.length + removed.length + changed.length === 0;
}

/** None or one. */
function diffFlow(before: VersionFlow, after: VersionFlow): FlowChange[] {
  const tasks = diffLists(nodeTexts(before.spec), nodeTexts(after.spec));
  const schedules = diffLists(namedTexts(before.spec.schedules), namedTexts(after.spec.schedules));
  const triggers = diffLists(namedTexts(before.spec.triggers), namedTexts(after.spec.triggers));
  const parts: string[] = PARTS.filter((part) => partText(before.spec, part) !== partText(after.spec, part));
  const isSame = parts.length === 0 && [tasks, schedules, triggers].every(isUnchanged);
  if (isSame && before.codeHash === after.codeHash) return [];
  return [{ flow: after.spec.name, tasks, schedules, triggers, parts: isSame ? ["code"] : parts }];
}

function isUnchanged({ added, removed, changed }: ListChange): boolean {
  return added.length + removed.length + changed.length === 0;
}

function diffLists(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ListChange {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].flatMap(([name, text]) => (before.has(name) && before.get(name) !== text ? [name] : [])),
  };
}

function nodeTexts(spec: FlowSpec): Map<string, string> {
  return new Map(spec.nodes.map((node) => [node.id, textOf(node, spec)]));
}

function namedTexts(list: readonly (ScheduleSpec | FlowSpec["triggers"][number])[]): Map<string, string> {
  return new Map(list.map((item) => [item.name, JSON.stringify(item, withoutPlace)]));
}

/** Lines move with everything that is written above them. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === "place" ? undefined : value;
}

function partText(spec: FlowSpec, part: (typeof PARTS)[number]): string {
  return part === "output" ? textOf(spec.output, spec) : JSON.stringify(spec[part]);
}

/** Nodes are told apart by their ids: their numbers and lines move with every task that is put before them. */
function textOf(value: NodeSpec | FlowSpec["output"], { nodes }: FlowSpec): string {
  const idOf = (index: unknown): unknown => (typeof index === "number" ? nodes[index]?.id : index);
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === "place") return undefined;
    if (key === "node" || key === "map" || key === "branch") return idOf(inner);
    return key === "after" && Array.isArray(inner) ? inner.map((index) => String(idOf(index))).toSorted() : inner;
  });
}
