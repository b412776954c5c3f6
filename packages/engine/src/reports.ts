import {
  type AttemptId,
  type AttemptOutcome,
  type AttemptReport,
  type Command,
  type DataReport,
  type ErrorInfo,
  type EventData,
  errorInfo,
  isFinalTaskRunState,
  type ReportAnswer,
  type ReportRow,
  retryDelayMs,
  TASK_RUN_EVENTS,
  transitionAttempt,
  type YieldUntil,
} from "@millrace/core";
import type { ActiveAttempt, ActiveTask } from "./active-run.ts";
import { askedData, waitForDecision } from "./events/approvals.ts";
import { openRetryHook } from "./hooks.ts";
import {
  briefError,
  failOverdue,
  failTask,
  finishTask,
  giveBack,
  keepOutput,
  resumeTask,
  waitForRoom,
} from "./tasks.ts";
import type { World } from "./world.ts";

/** What an executor says about an attempt is applied, once; what is late, or said twice, is answered and dropped. */
export function applyReport(world: World, report: AttemptReport): void {
  const reply = (answer: ReportAnswer): void => acknowledge(world, report.attempt, answer);
  const task = world.attempts.get(report.attempt);
  if (task?.attempt === null || task === undefined) {
    answerStale(world, report, { reply, failed: () => {} });
    return;
  }
  if (report.kind === "ended") reply("recorded");
  takeReport(world, task, report);
}

/**
 * The same for what came through the store, from a server that started the attempt when it led. Its answer is written
 * with the report's effect, so that also what a task says of its data counts once.
 *
 * @param forget the report could not be answered, and is to be taken up again when it is seen again.
 */
export function applyForwarded(
  world: World,
  report: AttemptReport,
  { answer, forget }: { readonly answer: (given: ReportAnswer) => void; readonly forget: () => void },
): void {
  const reply = (given: ReportAnswer): void => {
    answer(given);
    if (given === "gone" || report.kind === "ended") acknowledge(world, report.attempt, given);
  };
  const task = world.attempts.get(report.attempt);
  if (task?.attempt === null || task === undefined) {
    answerStale(world, report, { reply, failed: forget });
    return;
  }
  reply("recorded");
  takeReport(world, task, report);
}

function takeReport(world: World, task: ActiveTask, report: AttemptReport): void {
  const attempt = task.attempt as ActiveAttempt;
  const next = transitionAttempt(attempt.state, report);
  if (next === undefined) return;
  attempt.state = next;
  switch (report.kind) {
    case "started":
      // Written with whatever comes next: nobody acts on it after a crash.
      return;
    case "data":
      world.batch.report(reportRow(world, task, report));
      world.batch.taskEvent(task, "data.reported", JSON.stringify(briefReport(report.data)));
      return;
    case "ended":
      applyEnd(world, task, report.outcome);
      return;
  }
}

function acknowledge(world: World, attempt: AttemptId, answer: ReportAnswer): void {
  world.batch.effect(() => world.ports.executor.acknowledge(attempt, answer));
}

/**
 * Nobody works on this attempt any more. Said twice, an outcome is a success twice; any other word comes from an attempt
 * that was given up, and whoever holds it is told to stop.
 */
function answerStale(
  world: World,
  report: AttemptReport,
  { reply, failed }: { readonly reply: (answer: ReportAnswer) => void; readonly failed: () => void },
): void {
  if (report.kind !== "ended") {
    reply("gone");
    return;
  }
  const { run, attempt, outcome } = report;
  world.later(
    () => world.ports.store.findAttempt(run, attempt),
    (row) => reply(row?.state === outcome.state ? "recorded" : "gone"),
    // Not answered, the report comes again.
    failed,
  );
}

/** What followers see of a report. */
function briefReport(data: DataReport): EventData["data.reported"] {
  switch (data.kind) {
    case "materialization":
      return { kind: data.kind, asset: data.asset };
    case "check": {
      const { kind, asset, check, passed, severity } = data;
      return { kind, ...(asset === null ? {} : { asset }), check, passed, ...(passed ? {} : { severity }) };
    }
    case "custom":
      return { kind: data.kind };
  }
}

function reportRow(world: World, task: ActiveTask, report: AttemptReport & { kind: "data" }): ReportRow {
  const { run, node, item } = task;
  return { run: run.id, node, item, attempt: report.attempt, atMs: world.batch.atMs, data: report.data };
}

function applyEnd(world: World, task: ActiveTask, outcome: AttemptOutcome): void {
  const attempt = task.attempt as ActiveAttempt;
  world.attempts.delete(attempt.id);
  giveBack(world, task, world.batch.atMs);
  task.error = "error" in outcome ? outcome.error : null;
  attempt.place = world.ports.executor.placeOf?.(attempt.id);
  world.batch.attemptEnded(task, attempt);
  applyOutcome(world, task, outcome);
  task.attempt = null;
}

function applyOutcome(world: World, task: ActiveTask, outcome: AttemptOutcome): void {
  switch (outcome.state) {
    case "success":
      keepOutput(world, task, outcome.output);
      finishTask(world, task, TASK_RUN_EVENTS.succeeded);
      return;
    case "failed":
      failed(world, task, outcome);
      return;
    case "timed_out":
      if (task.overdue) failOverdue(world, task);
      else failed(world, task, { error: outcome.error, retryable: true, retryAfterMs: null });
      return;
    case "cancelled":
      if (task.overdue) failOverdue(world, task);
      else finishTask(world, task, TASK_RUN_EVENTS.cancelled);
      return;
    case "lost":
      lost(world, task, outcome);
      return;
    case "yielded":
      yielded(world, task, outcome);
      return;
  }
}

interface Failure {
  readonly error: ErrorInfo;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

function failed(world: World, task: ActiveTask, failure: Failure): void {
  if (task.hook !== "" || task.run.cancelRequested || task.overdue) {
    failTask(world, task, failure.error);
    return;
  }
  task.tries += 1;
  const { retries } = task.taskSpec.policies;
  if (!failure.retryable || task.tries > retries.limit) {
    failTask(world, task, failure.error);
    return;
  }
  const delay = failure.retryAfterMs ?? retryDelayMs(retries, task.tries, world.ports.chance);
  task.error = failure.error;
  task.resumeAtMs = world.batch.atMs + delay;
  task.advance(TASK_RUN_EVENTS.retry);
  world.batch.task(task);
  world.batch.taskEvent(task, "task.retrying", retryData(task, task.tries));
  openRetryHook(world, task);
  waitForRetry(world, task, task.resumeAtMs);
}

function retryData(task: ActiveTask, failedTry: number): string {
  const hook = task.hook === "" ? "" : `,"hook":"${task.hook}"`;
  const resume = task.resumeAtMs === null ? "" : `,"resumeAtMs":${task.resumeAtMs}`;
  const error = task.error === null ? "" : `,"error":${briefError(task.error)}`;
  return `{"try":${failedTry}${hook}${resume}${error}}`;
}

/** Tries again after a delay, whatever the clock is set to meanwhile. */
export function waitForRetry(world: World, task: ActiveTask, atMs: number): void {
  const { clock } = world.ports;
  task.cancelTimer = clock.after(Math.max(0, atMs - clock.now()), () => world.enqueue(() => resumeTask(world, task)));
}

/** Goes on at an instant. */
function waitForTime(world: World, task: ActiveTask, atMs: number): void {
  task.cancelTimer = world.ports.clock.at(atMs, () => world.enqueue(() => resumeTask(world, task)));
}

/** The attempt's process or its executor is gone. The user's retries are not spent. */
function lost(world: World, task: ActiveTask, outcome: AttemptOutcome & { state: "lost" }): void {
  if (outcome.spendsCrashBudget) task.crashes += 1;
  if (task.run.cancelRequested && task.hook === "") {
    finishTask(world, task, TASK_RUN_EVENTS.cancelled);
    return;
  }
  if (task.overdue) {
    failOverdue(world, task);
    return;
  }
  if (task.hook === "" && task.taskSpec.policies.onLost === "fail") {
    failTask(world, task, outcome.error);
    return;
  }
  if (task.crashes >= world.crashBudget) {
    failTask(world, task, poison(task, outcome.error));
    return;
  }
  task.advance(TASK_RUN_EVENTS.requeued);
  world.batch.task(task);
  world.batch.taskEvent(task, "task.retrying", retryData(task, task.tries + 1));
  waitForRoom(world, task);
}

function poison(task: ActiveTask, last: ErrorInfo): ErrorInfo {
  return {
    ...errorInfo(
      "POISON",
      `the process of this task died ${task.crashes} times; it is not tried again`,
      "Look at the end of its log. Memory, a native module, or process.exit() are the usual causes.",
    ),
    cause: last,
  };
}

function yielded(world: World, task: ActiveTask, outcome: AttemptOutcome & { state: "yielded" }): void {
  if (task.run.cancelRequested) {
    finishTask(world, task, TASK_RUN_EVENTS.cancelled);
    return;
  }
  if (task.overdue) {
    failOverdue(world, task);
    return;
  }
  task.resumes += 1;
  task.carry = outcome.carry;
  task.waitsFor = outcome.until;
  task.childRun = null;
  task.endedChild = null;
  task.resumeAtMs = outcome.until.kind === "time" ? outcome.until.resumeAtMs : null;
  task.advance(TASK_RUN_EVENTS.deferred);
  world.batch.task(task);
  // A wait for a run is told of once that run is made, and has a name.
  if (task.resumeAtMs !== null) world.batch.taskEvent(task, "task.deferred", `{"resumeAtMs":${task.resumeAtMs}}`);
  if (outcome.until.kind === "approval") world.batch.taskEvent(task, "task.deferred", askedData(outcome.until));
  waitOn(world, task, outcome.until);
}

/** Arms what a deferred task waits for. */
export function waitOn(world: World, task: ActiveTask, until: YieldUntil): void {
  if (isFinalTaskRunState(task.state)) return;
  switch (until.kind) {
    case "time":
      waitForTime(world, task, until.resumeAtMs);
      return;
    case "run":
      world.requestChild(task, childRequest(task, until));
      return;
    case "approval":
      waitForDecision(world, task, until);
      return;
  }
}

/** The command that makes the run a task waits for. Its id makes it one run, however often it is asked for. */
function childRequest(task: ActiveTask, until: YieldUntil & { kind: "run" }): Command & { kind: "request_run" } {
  return {
    kind: "request_run",
    flow: until.flow,
    params: until.params,
    window: until.window ?? task.run.made.window,
    version: task.run.flow.version,
    selection: null,
    class: task.run.made.class,
    idempotencyKey: `flow_run:${task.run.id}/${task.node}/${task.item}/${task.resumes}`,
  };
}
