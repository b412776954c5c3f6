import {
  type FlowSpec,
  formatByteSize,
  formatDuration,
  labelsText,
  type NodeSpec,
  type ResourcePolicy,
  type TaskNodeSpec,
  type Template,
  visitRefs,
} from "@millrace/core";
import type { FlowShape, NodeShape } from "./flow-shape.ts";

/** A flow as a tree of what contains what: groups, maps with their bodies, branches with their arms. */
export type TreeItem =
  | { readonly kind: "group"; readonly label: string; readonly children: readonly TreeItem[] }
  | { readonly kind: "arm"; readonly label: string; readonly branch: number; readonly children: readonly TreeItem[] }
  /** `body`: of a map whose body is one task, that task; the two are shown as one. */
  | {
      readonly kind: "node";
      readonly label: string;
      readonly node: number;
      readonly body: number | null;
      readonly children: readonly TreeItem[];
    };

/** What stands around nodes: the top, a map's body, or an arm. */
interface Region {
  readonly map: number | null;
  readonly arm: { readonly branch: number; readonly name: string } | null;
}

export function flowTree(spec: FlowShape): readonly TreeItem[] {
  return regionItems(spec, { map: null, arm: null }, "");
}

/** The nodes that stand directly in a region, gathered by the groups that their ids name. */
function regionItems(spec: FlowShape, region: Region, prefix: string): TreeItem[] {
  const members = spec.nodes.flatMap((node, index) => (standsIn(node, region) ? [{ node, index }] : []));
  return groupItems(spec, members, prefix);
}

function standsIn(node: NodeShape, { map, arm }: Region): boolean {
  return node.map === map && node.arm?.branch === arm?.branch && node.arm?.name === arm?.name;
}

interface Member {
  readonly node: NodeShape;
  readonly index: number;
}

function groupItems(spec: FlowShape, members: readonly Member[], prefix: string): TreeItem[] {
  const items: TreeItem[] = [];
  const done = new Set<string>();
  for (const { node, index } of members) {
    const rest = node.id.startsWith(prefix) ? node.id.slice(prefix.length) : node.id;
    const slash = rest.indexOf("/");
    if (slash === -1) {
      items.push(nodeItem(spec, index, rest));
      continue;
    }
    const label = rest.slice(0, slash);
    if (done.has(label)) continue;
    done.add(label);
    const inner = `${prefix}${label}/`;
    const inside = members.filter((member) => member.node.id.startsWith(inner));
    items.push({ kind: "group", label, children: groupItems(spec, inside, inner) });
  }
  return items;
}

function nodeItem(spec: FlowShape, node: number, label: string): TreeItem {
  const found = spec.nodes[node];
  if (found?.kind === "map") return mapItem(spec, node, label);
  if (found?.kind !== "branch") return { kind: "node", label, node, body: null, children: [] };
  const prefix = found.id.includes("/") ? found.id.slice(0, found.id.lastIndexOf("/") + 1) : "";
  const arms = [...new Set([...Object.keys(found.results ?? {}), ...armNames(spec, node)])];
  const children = arms.map((name): TreeItem => {
    const inside = regionItems(spec, { map: found.map, arm: { branch: node, name } }, prefix);
    return { kind: "arm", label: name, branch: node, children: inside };
  });
  return { kind: "node", label, node, body: null, children };
}

function armNames(spec: FlowShape, branch: number): string[] {
  return spec.nodes.flatMap((node) => (node.arm?.branch === branch ? [node.arm.name] : []));
}

function mapItem(spec: FlowShape, map: number, label: string): TreeItem {
  const id = spec.nodes[map]?.id ?? "";
  const body = spec.nodes.flatMap((node, index) => (node.map === map ? [index] : []));
  const only = body[0];
  if (body.length === 1 && only !== undefined && spec.nodes[only]?.kind === "task") {
    return { kind: "node", label, node: map, body: only, children: [] };
  }
  return { kind: "node", label, node: map, body: null, children: regionItems(spec, { map, arm: null }, `${id}[]/`) };
}

/** The nodes whose outputs the node takes, and those it was told to wait for, as ids. */
export function upstreamIds(spec: FlowSpec, node: NodeSpec): string[] {
  const found = new Set<number>(node.after);
  const visit = (template: Template): void =>
    visitRefs(template, (part) => {
      if (part.kind === "output" || part.kind === "outcomes") found.add(part.node);
    });
  if (node.kind === "task") visit(node.input);
  if (node.kind === "map") visit(node.list);
  if (node.kind === "branch") visit(node.condition);
  return [...found].sort((a, b) => a - b).flatMap((index) => spec.nodes[index]?.id ?? []);
}

function rateText({ rateLimit, rateLimitKey }: TaskNodeSpec["policies"]): string {
  const { limit, perMs } = rateLimit as NonNullable<typeof rateLimit>;
  return `${limit} in ${formatDuration(perMs)}${rateLimitKey === null ? "" : " per key"}`;
}

function resourceText({ cpuMillis, memoryBytes }: ResourcePolicy): string {
  const parts = [
    cpuMillis === 0 ? "" : `${cpuMillis / 1_000} cpu`,
    memoryBytes === 0 ? "" : `${formatByteSize(memoryBytes)} of memory`,
  ];
  return `needs ${parts.filter((text) => text !== "").join(" and ")}`;
}

/** The policies of a task that are not the defaults, each in a few words. */
export function policyTexts({ policies }: TaskNodeSpec): string[] {
  const { retries, timeoutMs, totalTimeoutMs, cache, pools, concurrency, priority, rateLimit, resources, memoryBytes } =
    policies;
  return [
    retries.limit === 0 ? "" : `retries ${retries.limit}`,
    timeoutMs === null ? "" : `timeout ${formatDuration(timeoutMs)}`,
    totalTimeoutMs === null ? "" : `total timeout ${formatDuration(totalTimeoutMs)}`,
    cache === null ? "" : cache.expiresMs === null ? "cached" : `cached ${formatDuration(cache.expiresMs)}`,
    ...pools.map(({ pool, slots }) => (slots === 1 ? `pool ${pool}` : `pool ${pool}×${slots}`)),
    concurrency === null ? "" : `concurrency ${concurrency}${policies.concurrencyKey === null ? "" : " per key"}`,
    rateLimit === null ? "" : rateText(policies),
    resources === null ? "" : resourceText(resources),
    priority === 0 ? "" : `priority ${priority}`,
    policies.isolation === "process" ? "own process" : "",
    policies.onLost === "fail" ? "fails when lost" : "",
    memoryBytes === null ? "" : `memory ${formatByteSize(memoryBytes)}`,
    policies.workers === undefined ? "" : `on workers with ${labelsText(policies.workers)}`,
  ].filter((text) => text !== "");
}
