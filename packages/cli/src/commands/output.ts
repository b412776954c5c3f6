import { isFinalRunState, MillraceError, ROOT_ITEM, type RunRow, type TaskRunRow } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { specOfRun } from "../following/open-runtime.ts";
import { findRun } from "../history/find-run.ts";
import { checkTaskName } from "../history/match-tasks.ts";
import { taskLabel } from "../history/task-label.ts";
import { plainValue } from "../output/value-text.ts";
import { withAccess } from "../remote/with-access.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";

/** The node under which a run keeps what its flow returned. */
const FLOW_NODE = -1;

/** `millrace output [run] [task]`. */
export async function output(call: CommandCall): Promise<ExitCode> {
  return await withAccess(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const run = await findRun(runtime, call.arguments[0] ?? "latest");
    const spec = await specOfRun(runtime, run);
    const task = call.arguments[1];
    const of = task === undefined ? wholeRun(run) : await findTaskRun(runtime, { run, spec, task });
    const found = of.state === "success" ? await runtime.readOutput(run.id, of.node, of.item) : undefined;
    const value = found === undefined ? undefined : plainValue(found.value);
    call.console.record({ type: "output", run: run.id, flow: run.flow, task: task ?? null, state: of.state, value });
    if (found === undefined) call.console.complain(nothingText(run, of, task));
    // Text as it is, for whoever puts it into a variable of a shell.
    else call.console.print(typeof value === "string" ? value : JSON.stringify(value, null, 2));
    return of.state === "success" ? EXIT.success : EXIT.failed;
  });
}

/** Whose output is asked for. */
type Of = Pick<TaskRunRow, "node" | "item"> & { readonly state: string };

function wholeRun(run: RunRow): Of {
  if (isFinalRunState(run.state)) return { node: FLOW_NODE, item: ROOT_ITEM, state: run.state };
  throw new MillraceError("RUN_ACTIVE", `Run ${run.id} is still ${run.state}: it has returned nothing yet.`, {
    hint: "Wait for its end, or ask for a task of it that has ended.",
  });
}

interface Asked {
  readonly run: RunRow;
  readonly spec: FlowShape;
  readonly task: string;
}

async function findTaskRun(runtime: RunAccess, { run, spec, task }: Asked): Promise<Of> {
  checkTaskName(spec, task);
  const rows = await runtime.store.history.listTaskRuns(run.id);
  const found = rows.find((row) => row.hook === "" && taskLabel(spec, row) === task);
  if (found !== undefined) return found;
  const items = rows.filter((row) => row.hook === "" && spec.nodes[row.node]?.id === task).length;
  if (items === 0) return { node: FLOW_NODE, item: ROOT_ITEM, state: "pending" };
  throw new MillraceError("UNKNOWN_TASK", `"${task}" is ${items} task runs, one for each item of a map.`, {
    hint: `Name one: millrace output ${run.id} '${task.replace("[]", "[0]")}'`,
  });
}

function nothingText(run: RunRow, { state }: Of, task: string | undefined): string {
  const what = task === undefined ? `The flow ${run.flow}` : `Task "${task}"`;
  if (state === "success") return `${what} returned nothing.`;
  return `${what} returned nothing: it is ${state}. \`millrace why ${run.id}\` says why.`;
}
