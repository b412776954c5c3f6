import { type FlowSpec, formatDuration, type NodeSpec } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { findFlow } from "../following/open-runtime.ts";
import type { Style } from "../output/style.ts";
import { flowTree, policyTexts, type TreeItem, upstreamIds } from "../run-view/flow-tree.ts";

/** `millrace show <flow>`. */
export async function show(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const flow = findFlow(await openBuild(call), call.arguments[0] ?? "", call);
  console.record({ type: "flow", spec: flow.spec, codeHash: flow.codeHash });
  console.print(showText(flow.spec, console.style));
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
    ...treeLines(spec, flowTree(spec), { prefix: "", style }),
  ];
}

function factLines(spec: FlowSpec, style: Style): string[] {
  const { timeoutMs, concurrency, concurrencyKeyed, priority } = spec.policies;
  const policies = [
    timeoutMs === null ? "" : `timeout ${formatDuration(timeoutMs)}`,
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

interface ParamSchema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

function paramLines({ params }: FlowSpec, style: Style): string[] {
  if (params === null) return [];
  const schema = params.jsonSchema as { properties?: Record<string, ParamSchema>; required?: readonly string[] } | null;
  const known = Object.entries(schema?.properties ?? {});
  if (known.length === 0) return [`${style.dim("params".padEnd(8))}  by a schema that does not describe itself`];
  return known.map(([name, param], index) => {
    const type = param.enum?.map((value) => JSON.stringify(value)).join(" | ") ?? typeText(param.type);
    const given = param.default === undefined ? "" : ` = ${JSON.stringify(param.default)}`;
    const needed = param.default === undefined && schema?.required?.includes(name) === true ? " (required)" : "";
    const says = param.description === undefined ? "" : `  ${style.dim(param.description)}`;
    return `${style.dim((index === 0 ? "params" : "").padEnd(8))}  ${name}: ${type}${given}${needed}${says}`;
  });
}

function typeText(type: unknown): string {
  if (typeof type === "string") return type;
  return Array.isArray(type) ? type.join(" | ") : "any";
}

interface Branching {
  readonly prefix: string;
  readonly style: Style;
}

function treeLines(spec: FlowSpec, items: readonly TreeItem[], { prefix, style }: Branching): string[] {
  return items.flatMap((item, index) => {
    const last = index === items.length - 1;
    const line = `${style.dim(`${prefix}${last ? "└─" : "├─"}`)} ${itemText(spec, item, style)}`;
    return [line, ...treeLines(spec, item.children, { prefix: `${prefix}${last ? "   " : "│  "}`, style })];
  });
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
