import type { Style } from "../output/style.ts";
import { drawTree } from "../run-view/draw-tree.ts";
import { flowTree, type TreeItem } from "../run-view/flow-tree.ts";
import { paramLines } from "../run-view/param-lines.ts";
import type { FlowAnswer } from "./answers.ts";
import { flowShape } from "./rows.ts";

/** A flow of a server elsewhere for people: what it is, its parameters, its graph as a tree. */
export function flowText(view: FlowAnswer, style: Style): string[] {
  const { name, description, docs, place, owner, tags, connections, schedules, triggers, params } = view;
  const facts: readonly (readonly [string, string])[] = [
    ["file", place === null ? "" : `${place.file}:${place.line}`],
    ["owner", owner ?? ""],
    ["tags", tags.join(", ")],
    ["uses", connections.join(", ")],
    ...schedules.map((schedule) => ["schedule", `${schedule.name}: ${schedule.text}`] as const),
    ...triggers.map((trigger) => ["trigger", `${trigger.name}: ${trigger.kind}`] as const),
  ];
  return [
    `${style.bold(name)}${description === null ? "" : `  ${description}`}`,
    ...facts.filter(([, text]) => text !== "").map(([word, text]) => `${style.dim(word.padEnd(8))}  ${text}`),
    ...paramLines({ params: params === null || params === undefined ? null : { jsonSchema: params } }, style),
    ...(docs === null ? [] : ["", ...docs.trim().split("\n")]),
    "",
    ...drawTree(flowTree(flowShape(view)), (item) => itemText(view, item, style), style),
  ];
}

function itemText({ nodes }: FlowAnswer, item: TreeItem, style: Style): string {
  if (item.kind === "group") return style.bold(`${item.label}/`);
  if (item.kind === "arm") return style.cyan(`${item.label}:`);
  const node = nodes[item.node];
  if (node === undefined) return item.label;
  const body = item.body === null ? undefined : nodes[item.body];
  const kind = [node.taskKind ?? node.kind, ...Object.values(node.details)].join(" ");
  const parts = [
    style.bold(item.label),
    style.dim(body === undefined ? kind : `map of ${body.taskKind ?? body.kind}`),
    node.upstream.length === 0 ? "" : style.dim(`← ${node.upstream.join(", ")}`),
    node.triggerRule === "all_success" ? "" : style.yellow(node.triggerRule),
    node.description ?? body?.description ?? "",
  ];
  return parts.filter((part) => part !== "").join("  ");
}
