import { type AttemptPlace, placeText, type RunRow, type TaskRunRow } from "@millrace/core";
import type { WhyWaiting } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { specOfRun } from "../following/open-runtime.ts";
import { stateMark, stateWord } from "../following/state-text.ts";
import { findRun } from "../history/find-run.ts";
import { checkTaskName, matchesTask } from "../history/match-tasks.ts";
import { taskLabel } from "../history/task-label.ts";
import { errorRecord, errorText } from "../output/error-text.ts";
import { withAccess } from "../remote/with-access.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";
import type { NodeState } from "../run-view/run-view.ts";

/** More than these are counted and not listed. */
const MOST_LISTED = 20;

/** `millrace why [run] [task]`. */
export async function why(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  return await withAccess(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const run = await findRun(runtime, call.arguments[0] ?? "latest");
    const spec = await specOfRun(runtime, run);
    const task = call.arguments[1];
    if (task !== undefined) checkTaskName(spec, task);
    console.record({
      type: "run",
      run: run.id,
      flow: run.flow,
      state: run.state,
      error: run.error === null ? null : errorRecord(run.error),
    });
    console.print(
      `${stateMark(run.state, console.style)} ${console.style.bold(run.flow)} ${run.id} is ${stateWord(run.state, console.style)}`,
    );
    if (run.error !== null) console.print(errorText(run.error, console.style));
    const asked: Asked = { runtime, call, run, spec, task };
    const waiting = await explainWaiting(asked);
    const ended = await explainEnded(asked);
    if (waiting + ended === 0) console.print(nothingToSay(run, task));
    return EXIT.success;
  });
}

interface Asked {
  readonly runtime: RunAccess;
  readonly call: CommandCall;
  readonly run: RunRow;
  readonly spec: FlowShape;
  readonly task: string | undefined;
}

function nothingToSay(run: RunRow, task: string | undefined): string {
  const what = task === undefined ? "No task" : `Task "${task}" is not among those that`;
  if (task !== undefined) return `${what} wait or went wrong.`;
  return run.state === "success" ? "Every task ended well." : "No task waits or went wrong.";
}

async function explainWaiting({ runtime, call, run, spec, task }: Asked): Promise<number> {
  if (run.settled) return 0;
  const { console } = call;
  const known = await runtime.why(run.id);
  const waiting = task === undefined ? known : known.filter(({ label }) => isNamed(spec, label, task));
  for (const one of waiting)
    console.record({ type: "waiting", run: run.id, task: one.label, state: one.state, reason: one.reason });
  const lines = waiting.slice(0, MOST_LISTED).map((one) => waitingText(one, call));
  if (waiting.length > MOST_LISTED) lines.push(`  and ${waiting.length - MOST_LISTED} more`);
  if (lines.length > 0) console.print(["", "waiting:", ...lines]);
  return waiting.length;
}

/** Whether a label such as `airport[3]/load` is meant by a name. */
function isNamed(spec: FlowShape, label: string, name: string): boolean {
  const indexes = [...label.matchAll(/\[(\d+)\]/g)].map(([, index]) => index);
  const node = spec.nodes.findIndex(({ id }) => id === label.replace(/\[\d+\]/g, "[]"));
  return label === name || (node >= 0 && matchesTask(spec, { node, item: indexes.join(".") }, name));
}

function waitingText({ label, state, reason }: WhyWaiting, { console: { style } }: CommandCall): string {
  return `  ${style.bold(label)}  ${style.dim(state)}  ${reason}`;
}

async function explainEnded({ runtime, call, run, spec, task }: Asked): Promise<number> {
  const { console } = call;
  const rows = (await runtime.store.history.listTaskRuns(run.id)).filter(
    (row) => task === undefined || matchesTask(spec, row, task),
  );
  const failed = rows.filter(({ state }) => state === "failed");
  const heldBack = rows.filter(
    ({ state }) => state === "upstream_failed" || state === "skipped" || state === "cancelled",
  );
  const attempts = failed.length === 0 ? [] : await runtime.store.history.listAttempts(run.id);
  const placeOf = ({ node, item }: TaskRunRow): AttemptPlace | null =>
    attempts.findLast((each) => each.node === node && each.item === item && each.hook === "")?.place ?? null;
  for (const row of [...failed, ...heldBack]) console.record(endedRecord(spec, run, { row, place: placeOf(row) }));
  for (const row of failed.slice(0, MOST_LISTED)) {
    const title = `${stateMark("failed", console.style)} ${console.style.bold(taskLabel(spec, row))} failed${row.tries > 1 ? ` after ${row.tries} tries` : ""}`;
    const place = placeOf(row);
    const error = row.error === null ? [] : errorText(row.error, console.style).map((line) => `  ${line}`);
    console.print(["", title, ...error, ...(place === null ? [] : [console.style.dim(`  on ${placeText(place)}`)])]);
  }
  if (failed.length > MOST_LISTED) console.print(`and ${failed.length - MOST_LISTED} more failed`);
  for (const state of ["upstream_failed", "cancelled", "skipped"] as const) {
    // Being skipped is how branches work; it is worth a word only when asked about.
    if (state === "skipped" && task === undefined) continue;
    const labels = heldBack.filter((row) => row.state === state).map((row) => taskLabel(spec, row));
    if (labels.length > 0)
      console.print(["", `${stateMark(state, console.style)} ${stateText(state)}: ${shorten(labels)}`]);
  }
  return failed.length + heldBack.filter(({ state }) => state !== "skipped" || task !== undefined).length;
}

function stateText(state: NodeState): string {
  return state === "upstream_failed" ? "held back by these failures (upstream_failed)" : state;
}

function shorten(labels: readonly string[]): string {
  const more = labels.length - MOST_LISTED;
  return `${labels.slice(0, MOST_LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Ended {
  readonly row: TaskRunRow;
  /** Of its last attempt. */
  readonly place: AttemptPlace | null;
}

function endedRecord(spec: FlowShape, run: RunRow, { row, place }: Ended): Readonly<Record<string, unknown>> {
  const error = row.error === null ? null : errorRecord(row.error);
  return { type: "task", run: run.id, task: taskLabel(spec, row), state: row.state, tries: row.tries, error, place };
}
