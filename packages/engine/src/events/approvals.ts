import { type ApprovalDecision, type ItemPath, MillraceError, type RunId, type YieldUntil } from "@millrace/core";
import type { ActiveTask } from "../active-run.ts";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import { resumeTask } from "../tasks.ts";
import type { World } from "../world.ts";

type Approval = YieldUntil & { readonly kind: "approval" };

/** Followers are told so much of a message. */
const TOLD_LENGTH = 200;

/** What followers see of a task that waits for a person. */
export function askedData({ message }: Approval): string {
  return JSON.stringify({ approval: message.slice(0, TOLD_LENGTH) });
}

/** Waits for a person, until the deadline if there is one; one that has passed while nobody led counts at once. */
export function waitForDecision(world: World, task: ActiveTask, { deadlineMs, onDeadline }: Approval): void {
  if (deadlineMs === null) return;
  task.cancelTimer = world.ports.clock.at(deadlineMs, () =>
    world.enqueue(() => {
      const decision = onDeadline === "fail" ? "expired" : onDeadline;
      decide(world, task, { decision, by: null, comment: null, atMs: world.batch.atMs });
    }),
  );
}

/** Keeps the decision with the task run, so that it is not lost with an attempt or a leader, and lets it go on. */
function decide(world: World, task: ActiveTask, decision: ApprovalDecision): boolean {
  const until = task.waitsFor;
  if (task.state !== "deferred" || until?.kind !== "approval" || !task.run.tasks.has(task)) return false;
  task.waitsFor = { ...until, decision };
  resumeTask(world, task);
  return true;
}

/** A person has decided. */
export function decideApproval(world: World, stored: StoredCommandOf<"decide_approval">): void {
  const { id, actor, command } = stored;
  const { run, decision, comment } = command;
  const task = findTask(world, command);
  if (task !== undefined && decide(world, task, { decision, by: actor, comment, atMs: world.batch.atMs })) {
    answer(world, { id, ok: true, run });
    return;
  }
  world.later(
    () => world.ports.store.history.findRun(run),
    (row) => refuse(world, id, row === undefined ? unknownRun(run) : notWaiting(run, row.state)),
    (error) => refuse(world, id, error),
  );
}

function findTask(
  world: World,
  { run, node, item }: { readonly run: RunId; readonly node: number; readonly item: ItemPath },
): ActiveTask | undefined {
  for (const task of world.runs.get(run)?.tasks ?? []) {
    if (task.node === node && task.item === item && task.hook === "") return task;
  }
  return undefined;
}

function unknownRun(run: string): MillraceError {
  return new MillraceError("UNKNOWN_RUN", `there is no run ${run}`, { hint: "millrace runs lists them." });
}

function notWaiting(run: string, state: string): MillraceError {
  return new MillraceError("NOT_WAITING", `this task of run ${run} (${state}) does not wait for a decision`, {
    hint: "Somebody may have decided already: `millrace approval list` shows what waits.",
  });
}
