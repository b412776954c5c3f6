import { type FlowSpec, formatDuration, type NodeSpec } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { findFlow } from "../following/open-runtime.ts";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { readServerAddress, type ServerAddress } from "../remote/server-address.ts";
import { drawTree } from "../run-view/draw-tree.ts";
import { flowTree, policyTexts, type TreeItem, upstreamIds } from "../run-view/flow-tree.ts";
import { paramLines } from "../run-view/param-lines.ts";

/** `millrace show <flow>`. */
export async function show(call: CommandCall): Promise<ExitCode> {
  const address = readServerAddress(call);
  if (address !== undefined) return await showThere(call, address);
  const { console } = call;
  const flow = findFlow(await openBuild(call), call.arguments[0] ?? "", call);
  console.record({ type: "flow", spec: flow.spec, codeHash: flow.codeHash });
  console.print(showText(flow.spec, console.style));
  return EXIT.success;
}

async function showThere(call: CommandCall, address: ServerAddress): Promise<ExitCode> {
  const { connectTo } = await import("../remote/remote-access.ts");
  const { flowText } = await import("../remote/flow-text.ts");
  const view = await connectTo(address)
    .flow(call.arguments[0] ?? "")
    .get();
  call.console.record({ type: "flow", ...view });
  call.console.print(flowText(view, call.console.style));
  return EXIT.success;
}

/** A flow for people: what it is, its parameters, its graph as a tree. */
export function showText(spec: FlowSpec, style: Style): string[] {
  return [
    `${style.bold(spec.name)}${spec.description === null ? "" : `  ${spec.description}`}`,
    ...factLines(spec, style),
    ...paramLines(spec, style),
    ...(spec.docs === null ? [] : ["", ...spec.docs.trim().split("\n")]),
    "",
    ...drawTree(flowTree(spec), (item) => itemText(spec, item, style), style),
  ];
}

function factLines(spec: FlowSpec, style: Style): string[] {
  const { timeoutMs, concurrency, concurrencyKeyed, priority, deadline, pauseAfterFailures } = spec.policies;
  const policies = [
    timeoutMs === null ? "" : `timeout ${formatDuration(timeoutMs)}`,
    deadlineText(deadline),
    pauseAfterFailures === undefined ? "" : `paused after ${countText(pauseAfterFailures, "failure")} in a row`,
    concurrency === null ? "" : `concurrency ${concurrency}${concurrencyKeyed ? " per key" : ""}`,
    priority === 0 ? "" : `priority ${priority}`,
    ...spec.hooks.map((hook) => `on ${hook}`),
  ];
  const facts: [string, string][] = [
    ["file", spec.place === null ? "" : `${spec.place.file}:${spec.place.line}`],
    ["owner", spec.owner ?? ""],
    ["tags", spec.tags.join(", ")],
    ["policies", policies.filter((text) => text !== "").join(", ")],
    ["uses", spec.connections.join(", ")],
    ...spec.schedules.map((schedule): [string, string] => [
      "schedule",
      `${schedule.name}: ${describeSchedule(schedule)}`,
    ]),
  ];
  return facts.filter(([, text]) => text !== "").map(([name, text]) => `${style.dim(name.padEnd(8))}  ${text}`);
}

function itemText(spec: FlowSpec, item: TreeItem, style: Style): string {
  if (item.kind === "group") return style.bold(`${item.label}/`);
  if (item.kind === "arm") return style.cyan(`${item.label}:`);
  const node = spec.nodes[item.node];
  if (node === undefined) return item.label;
  const body = item.body === null ? undefined : spec.nodes[item.body];
  const parts = [
    style.bold(item.label),
    style.dim(kindText(node, body)),
    ...nodeFacts(spec, node, style),
    ...(body === undefined ? [] : taskFacts(body, style)),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function kindText(node: NodeSpec, body: NodeSpec | undefined): string {
  switch (node.kind) {
    case "task":
      return [node.taskKind, ...Object.values(node.details)].join(" ");
    case "map":
      return body?.kind === "task" ? `map of ${kindText(body, undefined)}` : "map";
    case "branch":
      return node.form;
  }
}

function nodeFacts(spec: FlowSpec, node: NodeSpec, style: Style): string[] {
  const upstream = upstreamIds(spec, node);
  const after = upstream.length === 0 ? "" : style.dim(`← ${upstream.join(", ")}`);
  const rule = node.triggerRule === "all_success" ? "" : style.yellow(node.triggerRule);
  return [after, rule, ...taskFacts(node, style)];
}

function taskFacts(node: NodeSpec, style: Style): string[] {
  if (node.kind !== "task") return [];
  return [
    style.cyan([...policyTexts(node), ...node.hooks.map((hook) => `on ${hook}`)].join(", ")),
    node.description ?? "",
  ];
}

function deadlineText(deadline: FlowSpec["policies"]["deadline"]): string {
  const { startMs, endMs } = deadline ?? { startMs: null, endMs: null };
  const parts = [
    ...(startMs === null ? [] : [`started within ${formatDuration(startMs)}`]),
    ...(endMs === null ? [] : [`ended within ${formatDuration(endMs)}`]),
  ];
  return parts.join(" and ");
}
