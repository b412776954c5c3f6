import { ACTIVE, type Frame, formatDuration, PENDING, placeText, taskRunLabel, type YieldUntil } from "@millrace/core";
import type { ActiveRun, ActiveTask } from "./active-run.ts";
import { labelOf } from "./labels.ts";
import { named, WaitExplainer } from "./why-waiting.ts";
import type { World } from "./world.ts";

/** Why one task run (or the run itself, with the flow's name as label) has not ended yet. */
export interface WaitReason {
  /** As people write it: `airport[3]/load`. */
  readonly label: string;
  readonly state: string;
  /** One sentence. */
  readonly reason: string;
}

/** Pending task runs beyond this many are counted, not listed. */
const MAX_PENDING = 200;

/** Explains an active run, task run by task run: what is under way first, then what has not begun. */
export function explainRun(world: World, run: ActiveRun): readonly WaitReason[] {
  if (run.state === "queued") {
    const holders = world.gate.holders(run).map((holder) => holder.id);
    const limit = run.flow.spec.policies.concurrency;
    const reason = `waits for its turn: ${limit} at once, and ${named(holders)} ${holders.length === 1 ? "is" : "are"} running`;
    return [{ label: run.flow.spec.name, state: "queued", reason }];
  }
  const reasons: WaitReason[] = [];
  const waits = new WaitExplainer(world);
  const now = world.ports.clock.now();
  for (const task of run.tasks) {
    const place = task.attempt === null ? undefined : world.ports.executor.placeOf?.(task.attempt.id);
    const where = task.state !== "running" || place === undefined ? "" : `, on ${placeText(place)}`;
    reasons.push({ label: labelOf(run, task), state: task.state, reason: `${reasonOf(task, now, waits)}${where}` });
  }
  explainPending(run, run.progress.root, reasons);
  return reasons;
}

function reasonOf(task: ActiveTask, now: number, waits: WaitExplainer): string {
  switch (task.state) {
    case "running":
      return reasonOfRunning(task, now);
    case "retry_wait":
      return `tries again ${inTime(task.resumeAtMs, now)}, after: ${task.error?.message ?? "a failure"}`;
    case "deferred":
      if (task.waitsFor?.kind === "run") return `waits for run ${task.childRun ?? `of ${task.waitsFor.flow}`} to end`;
      if (task.waitsFor?.kind === "approval") return reasonOfApproval(task, task.waitsFor, now);
      return `waits until an instant ${inTime(task.resumeAtMs, now)}`;
    case "pending":
    case "ready":
    case "queued":
    case "awaiting_input":
    case "success":
    case "failed":
    case "skipped":
    case "upstream_failed":
    case "cancelled":
      return reasonOfReady(task, waits);
  }
}

function reasonOfApproval(task: ActiveTask, { message, deadlineMs, onDeadline }: Approval, now: number): string {
  const end = deadlineMs === null ? "" : `, and ${ON_DEADLINE[onDeadline]} ${inTime(deadlineMs, now)}`;
  const how = `millrace approval approve ${task.run.id} ${labelOf(task.run, task)}`;
  return `waits for a person to decide: ${message} (\`${how}\`)${end}`;
}

type Approval = YieldUntil & { readonly kind: "approval" };

const ON_DEADLINE: Readonly<Record<Approval["onDeadline"], string>> = {
  approved: "counts as approved",
  rejected: "counts as rejected",
  fail: "fails",
};

function reasonOfRunning(task: ActiveTask, now: number): string {
  const items = task.frame?.bodies.get(task.slot);
  if (items !== undefined) return `${items.count - items.openItems} of ${items.count} items have ended`;
  if (task.arm !== null) return `the arm ${task.arm} is running`;
  const since = task.attempt?.startedAtMs ?? now;
  const stopping = task.attempt?.state === "stopping" ? ", and is being stopped" : "";
  return `runs for ${formatDuration(Math.max(0, now - since))}, attempt ${task.attempt?.number ?? 1}${stopping}`;
}

function reasonOfReady(task: ActiveTask, waits: WaitExplainer): string {
  if (task.spec?.kind === "map") return "its list is being read";
  if (task.spec?.kind === "branch") return "its condition is being read";
  return waits.reasonOf(task);
}

function inTime(atMs: number | null, now: number): string {
  if (atMs === null) return "soon";
  return atMs <= now ? "now" : `in ${formatDuration(atMs - now)}`;
}

/** What others are doing, in the words of the pages. */
const WORDS: Readonly<Partial<Record<ActiveTask["state"], string>>> = {
  running: "running",
  retry_wait: "retrying soon",
  deferred: "waiting",
  awaiting_input: "waiting",
};

function explainPending(run: ActiveRun, root: Frame, reasons: WaitReason[]): void {
  let left = 0;
  const words = new Map([...run.tasks].map((task) => [labelOf(run, task), WORDS[task.state] ?? "queued"]));
  const frames = [root];
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
    for (let slot = 0; slot < frame.state.length; slot += 1) {
      if (frame.state[slot] !== PENDING) continue;
      if (reasons.length < MAX_PENDING) reasons.push(pendingReason(run, { frame, slot, words }));
      else left += 1;
    }
    frames.push(...frame.bodies.values());
  }
  if (left > 0) reasons.push({ label: `${left} more`, state: "pending", reason: "have not begun" });
}

interface Pending {
  readonly frame: Frame;
  readonly slot: number;
  /** By their labels, what those do that have begun. */
  readonly words: ReadonlyMap<string, string>;
}

function pendingReason(run: ActiveRun, { frame, slot, words }: Pending): WaitReason {
  const { nodes } = run.flow.spec;
  const label = taskRunLabel(nodes[frame.nodeAt(slot)]?.id ?? "", frame.pathAt(slot));
  const local = slot % frame.width;
  const base = slot - local;
  const branch = frame.scope.branchOf[local] as number;
  if (frame.gate[slot] === 1) {
    const id = nodes[frame.scope.nodes[branch] as number]?.id;
    return { label, state: "pending", reason: `waits for ${id} to choose an arm` };
  }
  const open: string[] = [];
  for (const upstream of frame.scope.upstream[local] as Int32Array) {
    const state = frame.state[base + upstream] as number;
    if (state !== PENDING && state !== ACTIVE) continue;
    const id = nodes[frame.scope.nodes[upstream] as number]?.id ?? "";
    const other = taskRunLabel(id, frame.pathAt(slot));
    open.push(`${other} (${state === ACTIVE ? (words.get(other) ?? "running") : "not begun"})`);
  }
  return { label, state: "pending", reason: open.length === 0 ? "begins soon" : `waits for ${named(open)}` };
}
