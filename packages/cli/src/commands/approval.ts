import { answeredRun, MillraceError, type RunId, type RunRow, type TaskRunRow, type YieldUntil } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { specOfRun, withRuntime } from "../following/open-runtime.ts";
import { findRun } from "../history/find-run.ts";
import { checkTaskName, matchesTask } from "../history/match-tasks.ts";
import { taskLabel } from "../history/task-label.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant } from "../output/time-text.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";

const USES = {
  list: { takes: [] },
  approve: { takes: ["run", "task?"], options: ["comment"] },
  reject: { takes: ["run", "task?"], options: ["comment"] },
} as const;

/** A task run that waits for a person. */
interface Waiting {
  readonly run: RunRow;
  readonly spec: FlowShape;
  readonly task: TaskRunRow;
  readonly label: string;
  readonly until: YieldUntil & { readonly kind: "approval" };
}

/** `millrace approval <what> [run] [task]`. */
export async function approval(call: CommandCall): Promise<ExitCode> {
  checkUse(call, "approval", { uses: USES, own: ["comment"] });
  const [what] = call.arguments;
  if (what === "approve") return await decide(call, "approved");
  if (what === "reject") return await decide(call, "rejected");
  return await list(call);
}

async function list(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const waiting: Waiting[] = [];
    for (const run of await runtime.store.unfinishedRuns()) waiting.push(...(await waitingOf(runtime, run)));
    for (const each of waiting) console.record(recordOf(each));
    if (console.quiet) console.print(waiting.map(({ run, label }) => `${run.id} ${label}`));
    else if (waiting.length === 0) console.print("Nothing waits for a person.");
    else console.print(tableOf(waiting, console.style.dim));
    return EXIT.success;
  });
}

async function waitingOf(runtime: Runtime, id: RunId): Promise<readonly Waiting[]> {
  const { history } = runtime.store;
  const run = await history.findRun(id);
  if (run === undefined) return [];
  const found: Waiting[] = [];
  for (const task of await history.listTaskRuns(id)) {
    if (task.state !== "deferred" || task.waitsFor?.kind !== "approval") continue;
    const spec = await specOfRun(runtime, run);
    found.push({ run, spec, task, label: taskLabel(spec, task), until: task.waitsFor });
  }
  return found;
}

function tableOf(waiting: readonly Waiting[], dim: (text: string) => string): string[] {
  const columns = ["run", "flow", "task", "asks", "until"].map((title) => ({ title }));
  const rows = waiting.map(({ run, label, until }) => [
    run.id,
    run.flow,
    label,
    until.message,
    until.deadlineMs === null ? "" : `${localInstant(until.deadlineMs)}, then ${THEN[until.onDeadline]}`,
  ]);
  return tableText(columns, rows, dim);
}

const THEN = { approved: "approved", rejected: "rejected", fail: "failed" } as const;

function recordOf({ run, label, task, until }: Waiting): Readonly<Record<string, unknown>> {
  return {
    type: "approval",
    run: run.id,
    flow: run.flow,
    task: label,
    message: until.message,
    since: task.startedAtMs === null ? null : isoInstant(task.startedAtMs),
    deadline: until.deadlineMs === null ? null : isoInstant(until.deadlineMs),
    onDeadline: until.onDeadline,
  };
}

async function decide(call: CommandCall, decision: "approved" | "rejected"): Promise<ExitCode> {
  const { console } = call;
  const [, name = "", task] = call.arguments;
  const comment = call.options.text("comment") ?? null;
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const run = await findRun(runtime, name);
    const chosen = await choose(runtime, run, task);
    const { node, item } = chosen.task;
    answeredRun(await runtime.submit({ kind: "decide_approval", run: run.id, node, item, decision, comment }));
    console.record({ type: `approval.${decision}`, run: run.id, flow: run.flow, task: chosen.label, comment });
    console.print(`${decision} ${chosen.label} of ${run.flow} ${run.id}`);
    return EXIT.success;
  });
}

/** The task that is meant; without a name the only one that waits. */
async function choose(runtime: Runtime, run: RunRow, name: string | undefined): Promise<Waiting> {
  const waiting = await waitingOf(runtime, run.id);
  if (name !== undefined) checkTaskName(await specOfRun(runtime, run), name);
  const meant = waiting.filter(({ spec, task }) => name === undefined || matchesTask(spec, task, name));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (only === undefined) {
    const what = name === undefined ? `Nothing of run ${run.id} waits` : `${name} of run ${run.id} does not wait`;
    throw new MillraceError("NOT_WAITING", `${what} for a person.`, {
      hint: "`millrace approval list` shows what waits.",
    });
  }
  throw new MillraceError("USAGE", `${meant.length} tasks of run ${run.id} wait for a person.`, {
    hint: `Say which: ${meant.map(({ label }) => label).join(", ")}.`,
  });
}
