import { formatDuration } from "@millrace/core";
import type { Style } from "../output/style.ts";
import { padEnd, textWidth } from "../output/text-width.ts";
import { flowTree, type TreeItem } from "../run-view/flow-tree.ts";
import {
  type ActiveTask,
  endedCount,
  type NodeState,
  type NodeView,
  nodeState,
  type RunView,
} from "../run-view/run-view.ts";
import { errorWords } from "./plain-reporter.ts";
import { stateMark, stateWord } from "./state-text.ts";

/** One row of a run's tree before it is coloured and aligned. */
interface Row {
  readonly state: NodeState;
  readonly depth: number;
  readonly label: string;
  readonly count: string;
  readonly time: string;
  readonly remark: string;
}

export interface FrameOptions {
  readonly nowMs: number;
  readonly style: Style;
  /** No more lines than this, the head line included. */
  readonly rows: number;
}

/** The tree of a run as lines: a head line, then a line for each group, map, branch and task. */
export function treeFrame(view: RunView, tree: readonly TreeItem[], { nowMs, style, rows }: FrameOptions): string[] {
  const all = visitItems(view, tree, { nowMs, depth: 0, active: activeByNode(view) });
  const { shown, hidden } = chooseRows(all, Math.max(1, rows - 1));
  const width = Math.max(0, ...shown.map((row) => row.depth * 2 + textWidth(row.label)));
  const countWidth = Math.max(0, ...shown.map((row) => row.count.length));
  const lines = shown.map((row) => {
    const name = padEnd(`${"  ".repeat(row.depth)}${row.label}`, width);
    const label = row.state === "waiting" || row.state === "skipped" ? style.dim(name) : name;
    const count = countWidth === 0 ? "" : `  ${row.count.padStart(countWidth)}`;
    return `  ${stateMark(row.state, style)} ${label}${count}  ${row.time === "" ? " ".repeat(7) : style.dim(row.time.padStart(7))}  ${row.remark}`.trimEnd();
  });
  return [headLine(view, nowMs, style), ...lines, ...(hidden === "" ? [] : [style.dim(`    ${hidden}`)])];
}

export function makeTree(view: RunView): readonly TreeItem[] {
  return flowTree(view.spec);
}

function headLine(view: RunView, nowMs: number, style: Style): string {
  const from = view.startedAtMs ?? view.createdAtMs;
  const took = formatDuration((view.endedAtMs ?? nowMs) - from);
  const state = view.cancelling && view.endedAtMs === null ? style.magenta("cancelling") : stateWord(view.state, style);
  return `${stateMark(view.state, style)} ${style.bold(view.flow)}  ${state}  ${took}  ${style.dim(view.run)}`;
}

interface Visit {
  readonly nowMs: number;
  readonly depth: number;
  readonly active: ReadonlyMap<number, readonly ActiveTask[]>;
}

function activeByNode(view: RunView): Map<number, ActiveTask[]> {
  const byNode = new Map<number, ActiveTask[]>();
  for (const task of view.active.values()) {
    const tasks = byNode.get(task.node);
    if (tasks === undefined) byNode.set(task.node, [task]);
    else tasks.push(task);
  }
  return byNode;
}

function visitItems(view: RunView, items: readonly TreeItem[], visit: Visit): Row[] {
  return items.flatMap((item) => {
    const children = visitItems(view, item.children, { ...visit, depth: visit.depth + 1 });
    if (item.kind !== "node") {
      if (children.length === 0) return [];
      const row = {
        state: sumState(children),
        depth: visit.depth,
        label: `${item.label}/`,
        count: "",
        time: "",
        remark: "",
      };
      return [item.kind === "arm" ? { ...row, label: `${item.label}:` } : row, ...children];
    }
    const row = nodeRow(view, item, visit);
    return row === undefined ? children : [row, ...children];
  });
}

/** The state of what only contains: something going on, else the worst. */
function sumState(rows: readonly Row[]): NodeState {
  for (const state of ["running", "retry_wait", "deferred", "failed", "upstream_failed", "cancelled"] as const) {
    if (rows.some((row) => row.state === state)) return state;
  }
  if (rows.some((row) => row.state === "waiting")) {
    return rows.every((row) => row.state === "waiting") ? "waiting" : "running";
  }
  return rows.every((row) => row.state === "skipped") ? "skipped" : "success";
}

function nodeRow(view: RunView, item: Extract<TreeItem, { kind: "node" }>, visit: Visit): Row | undefined {
  const node = view.nodes[item.node];
  if (node === undefined || node === null) return undefined;
  const body = item.body === null ? null : (view.nodes[item.body] ?? null);
  const counted = body ?? node;
  const active = visit.active.get(item.body ?? item.node) ?? [];
  const state = body === null ? nodeState(node, active) : mapState(node, body, active);
  const many = counted.total > 1 || view.spec.nodes[item.body ?? item.node]?.map !== null;
  return {
    state,
    depth: visit.depth,
    label: item.label,
    count: many && (counted.total > 0 || node.items !== null) ? `${endedCount(counted)}/${counted.total}` : "",
    time: timeText(counted.firstStartedAtMs === null ? node : counted, state, visit.nowMs),
    remark: remarkText(counted, node, { active, many, nowMs: visit.nowMs }),
  };
}

/** A map with its one task: the task's state while it has items to run, else the map's. */
function mapState(map: NodeView, body: NodeView, active: readonly ActiveTask[]): NodeState {
  if (endedCount(map) >= map.total && map.total > 0) return nodeState(map, []);
  return map.items === null ? nodeState(map, []) : nodeState({ ...body, total: Math.max(1, body.total) }, active);
}

function timeText(node: NodeView, state: NodeState, nowMs: number): string {
  if (node.firstStartedAtMs === null || state === "skipped" || state === "upstream_failed") return "";
  const going = state === "running" || state === "retry_wait" || state === "deferred";
  return formatDuration((going ? nowMs : (node.lastEndedAtMs ?? nowMs)) - node.firstStartedAtMs);
}

interface RemarkOptions {
  readonly active: readonly ActiveTask[];
  readonly many: boolean;
  readonly nowMs: number;
}

function remarkText(node: NodeView, outer: NodeView, { active, many, nowMs }: RemarkOptions): string {
  const parts: string[] = [];
  const count = (state: ActiveTask["state"]): number => active.filter((task) => task.state === state).length;
  if (many) {
    for (const [state, word] of [
      ["running", "running"],
      ["retry_wait", "retrying"],
      ["deferred", "deferred"],
    ] as const) {
      if (count(state) > 0) parts.push(`${count(state)} ${word}`);
    }
    for (const state of ["failed", "upstream_failed", "cancelled"] as const) {
      if (node.ended[state] > 0) parts.push(`${node.ended[state]} ${state}`);
    }
    if (node.cached > 0) parts.push(`${node.cached} cached`);
  } else {
    const [task] = active;
    if (task?.state === "running" && task.number > 1) parts.push(`try ${task.number}`);
    if (task?.state === "retry_wait") parts.push(`try ${task.number} failed, ${untilText(task.resumeAtMs, nowMs)}`);
    if (task?.state === "deferred") parts.push(task.resumeAtMs === null ? "waits" : untilText(task.resumeAtMs, nowMs));
    if (node.cached > 0) parts.push("cached");
    if (node.reused > 0) parts.push("reused");
    if (node.arm !== null) parts.push(`took ${node.arm}`);
  }
  const failed = node.ended.failed > 0 || active.some((task) => task.state === "retry_wait");
  const error = failed ? (node.lastError ?? outer.lastError) : null;
  if (error !== null) parts.push(errorWords(error));
  return parts.join(", ");
}

function untilText(atMs: number | null, nowMs: number): string {
  return atMs === null || atMs <= nowMs ? "again now" : `again in ${formatDuration(atMs - nowMs)}`;
}

/** Rows that fit: those where something happens or went wrong first, then those that wait, then what is done. */
function chooseRows(rows: readonly Row[], most: number): { shown: readonly Row[]; hidden: string } {
  if (rows.length <= most) return { shown: rows, hidden: "" };
  const room = most - 1;
  const keep = new Set(
    [...rows.entries()]
      .sort(([a, rowA], [b, rowB]) => urgency(rowA.state) - urgency(rowB.state) || a - b)
      .slice(0, room)
      .map(([index]) => index),
  );
  const left = rows.filter((_row, index) => !keep.has(index));
  const done = left.filter((row) => urgency(row.state) === 2).length;
  const parts = [done > 0 ? `${done} done` : "", left.length > done ? `${left.length - done} more to come` : ""];
  return {
    shown: rows.filter((_row, index) => keep.has(index)),
    hidden: parts.filter((part) => part !== "").join(", "),
  };
}

function urgency(state: NodeState): number {
  if (state === "success" || state === "skipped") return 2;
  return state === "waiting" || state === "upstream_failed" || state === "cancelled" ? 1 : 0;
}
