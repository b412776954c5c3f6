import { type AttemptOrder, type EncodedText, type HookKind, taskRunLabel } from "@millrace/core";
import type { ActiveAttempt, ActiveTask } from "./active-run.ts";
import type { World } from "./world.ts";

/** What the executor is told about an attempt. */
export function orderOf(world: World, task: ActiveTask, input: EncodedText): AttemptOrder {
  const { run, hook } = task;
  const attempt = task.attempt as ActiveAttempt;
  const policies = task.node === -1 ? undefined : task.taskSpec.policies;
  const label = taskRunLabel(task.node === -1 ? run.flow.spec.name : task.taskSpec.id, task.item);
  const kind = hook === "" ? undefined : (hook.split(":")[0] as HookKind);
  return {
    attempt: attempt.id,
    epoch: world.epoch,
    version: run.flow.version,
    run: run.id,
    flow: run.flow.spec.name,
    node: task.node,
    item: task.item,
    label: kind === undefined ? label : `${label} on ${kind}`,
    number: task.tries + 1,
    target: kind === undefined ? TASK_TARGET : { kind: "hook", on: kind },
    input,
    params: run.made.params,
    window: run.made.window,
    scheduledAtMs: run.made.scheduledAtMs,
    slice: run.made.slice,
    resumed: resumeOf(task),
    maxAttempts: 1 + (policies?.retries.limit ?? 0),
    timeoutMs: policies?.timeoutMs ?? null,
    graceMs: policies?.graceMs ?? HOOK_GRACE_MS,
    isolation: policies?.isolation ?? "shared",
    memoryBytes: policies?.memoryBytes ?? null,
    // Hooks only tell of what happened, and may do so anywhere.
    ...(kind === undefined && policies?.workers !== undefined ? { workers: policies.workers } : {}),
  };
}

const TASK_TARGET = { kind: "task" } as const;
const HOOK_GRACE_MS = 5_000;

function resumeOf(task: ActiveTask): AttemptOrder["resumed"] {
  if (task.carry === null || task.hook !== "") return null;
  const waitingSinceMs = task.startedAtMs ?? task.readyAtMs;
  const decision = task.waitsFor?.kind === "approval" ? (task.waitsFor.decision ?? null) : null;
  return { carry: task.carry, resumes: task.resumes, waitingSinceMs, run: task.endedChild, decision };
}
