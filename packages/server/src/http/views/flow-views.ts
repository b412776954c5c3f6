import type { RouteOutput } from "@millrace/contract";
import { type FlowSpec, type NodeSpec, type Template, type TickRow, visitRefs } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import { flowZone } from "../../calendar/flow-zone.ts";
import { instant } from "./values.ts";

type FlowSummary = RouteOutput<"listFlows">["items"][number];
type FlowView = RouteOutput<"getFlow">;

export function flowSummary(spec: FlowSpec): FlowSummary {
  const { name, description, owner, tags, nodes, schedules, triggers, partitions } = spec;
  return {
    name,
    description,
    owner,
    tags: [...tags],
    tasks: nodes.filter(({ kind }) => kind === "task").length,
    schedules: schedules.map((each) => ({ name: each.name, text: describeSchedule(each) })),
    triggers: triggers.map((each) => ({ name: each.name, kind: each.kind })),
    partitioned: partitions !== null,
    timeZone: flowZone(spec),
  };
}

export function flowView(version: string, spec: FlowSpec): FlowView {
  return {
    ...flowSummary(spec),
    version,
    docs: spec.docs,
    place: spec.place === null ? null : { file: spec.place.file, line: spec.place.line },
    params: spec.params?.jsonSchema ?? null,
    partitions: spec.partitions,
    nodes: spec.nodes.map((node) => nodeView(spec, node)),
    connections: [...spec.connections],
  };
}

function nodeView({ nodes }: FlowSpec, node: NodeSpec): FlowView["nodes"][number] {
  const idOf = (index: number): string => nodes[index]?.id ?? "";
  const isTask = node.kind === "task";
  return {
    id: node.id,
    kind: node.kind,
    taskKind: isTask ? node.taskKind : null,
    upstream: upstreamOf(node).map(idOf),
    map: node.map === null ? null : idOf(node.map),
    arm: node.arm === null ? null : { branch: idOf(node.arm.branch), name: node.arm.name },
    triggerRule: node.triggerRule,
    description: isTask ? node.description : null,
    details: isTask ? { ...node.details } : {},
  };
}

/** The nodes whose outputs a node takes, and those it was told to wait for. */
export function upstreamOf(node: NodeSpec): number[] {
  const found = new Set<number>(node.after);
  visitRefs(takenBy(node), (part) => {
    if (part.kind === "output" || part.kind === "outcomes") found.add(part.node);
  });
  return [...found].toSorted((a, b) => a - b);
}

function takenBy(node: NodeSpec): Template {
  if (node.kind === "task") return node.input;
  return node.kind === "map" ? node.list : node.condition;
}

export function tickView(tick: TickRow): RouteOutput<"listTicks">["items"][number] {
  const { atMs, decidedAtMs, ...rest } = tick;
  return { ...rest, at: instant(atMs), decidedAt: instant(decidedAtMs) };
}
