import type { RouteOutput } from "@millrace/contract";
import {
  answeredRun,
  type CommandAnswer,
  encode,
  MillraceError,
  type RerunSelection,
  type RunId,
  type RunRow,
  type TaskRunRow,
  type VersionId,
} from "@millrace/core";
import type { Repeat, RepeatPlan } from "@millrace/engine";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Call, Handlers } from "../call.ts";
import { submit } from "../submit.ts";
import { taskRunView } from "../views/run-views.ts";
import { findFlow } from "./active-flows.ts";
import { findRun, specOf } from "./run-reading.ts";

/** What can be done about runs. */
export const RUN_WRITING: Handlers<
  "startRun" | "cancelRun" | "rerun" | "planRerun" | "markTasks" | "planMark" | "decideApproval"
> = {
  async startRun(call) {
    const { body, idempotencyKey } = call;
    const { spec } = await findFlow(call.runtime, call.params.flow, body.version ?? undefined);
    const window = body.window && { startMs: Date.parse(body.window.start), endMs: Date.parse(body.window.end) };
    if (window !== null && window.endMs < window.startMs) {
      throw new MillraceError("USAGE", "The window ends before it starts.");
    }
    const answer = await submit(call, `run ${spec.name}`, {
      kind: "request_run",
      flow: spec.name,
      params: encode(body.params, "parameters"),
      window,
      version: body.version as VersionId | null,
      selection: body.selection,
      // Kept with the run, for longer than commands are.
      idempotencyKey: idempotencyKey === null ? null : `api ${spec.name} ${idempotencyKey}`,
      ...(body.slice === undefined ? {} : { slice: body.slice }),
      ...(body.class === undefined ? {} : { class: body.class }),
    });
    return runOf(answer);
  },

  async cancelRun(call) {
    const { id } = await findRun(call.runtime, call.params.run);
    return runOf(await submit(call, `run ${id} cancel`, { kind: "cancel_run", run: id }));
  },

  async rerun(call) {
    const { id } = await findRun(call.runtime, call.params.run);
    return runOf(await submit(call, `run ${id} rerun`, rerunOf(id, call.body)));
  },

  async planRerun({ runtime, params, body, actor }) {
    const { id } = await findRun(runtime, params.run);
    return planView(await runtime.planRepeat(rerunOf(id, body), actor));
  },

  async markTasks(call) {
    const { id } = await findRun(call.runtime, call.params.run);
    return runOf(await submit(call, `run ${id} mark`, { kind: "mark", run: id, ...call.body }));
  },

  async planMark({ runtime, params, body, actor }) {
    const { id } = await findRun(runtime, params.run);
    return planView(await runtime.planRepeat({ kind: "mark", run: id, ...body }, actor));
  },

  async decideApproval(call) {
    const run = await findRun(call.runtime, call.params.run);
    const { decision, comment, task } = call.body;
    const { node, item } = await findWaiting(call.runtime, run, task);
    const command = { kind: "decide_approval", run: run.id, node, item, decision, comment } as const;
    return runOf(await submit(call, `run ${run.id} approval ${node} ${item}`, command));
  },
};

function runOf(answer: CommandAnswer): { run: string } {
  return { run: answeredRun(answer) };
}

function rerunOf(run: RunId, body: Call<"rerun">["body"]): Repeat & { readonly kind: "rerun" } {
  return { kind: "rerun", run, selection: selectionOf(body), version: body.version as VersionId | "same" | null };
}

function selectionOf({ what, tasks, downstream }: Call<"rerun">["body"]): RerunSelection {
  if (what !== "tasks") return { kind: what };
  if (tasks.length > 0) return { kind: "tasks", nodes: tasks, downstream };
  throw new MillraceError("USAGE", "No tasks are named.", {
    hint: "Name them in `tasks`, or repeat `failed` or `all`.",
  });
}

/** A flow may have very many tasks; what would change comes first. */
const TASKS_SHOWN = 2_000;
const FIRST: readonly RepeatPlan["tasks"][number]["does"][] = ["mark", "run", "reuse", "leave_out"];

function planView({ flow, version, counts, tasks }: RepeatPlan): RouteOutput<"planRerun"> {
  const { added, removed, changed, ...rest } = version;
  const inOrder = FIRST.flatMap((does) => tasks.filter((task) => task.does === does));
  return {
    flow,
    version: { ...rest, added: [...added], removed: [...removed], changed: [...changed] },
    counts,
    tasks: inOrder.slice(0, TASKS_SHOWN).map((task) => ({ ...task, lacks: [...task.lacks] })),
  };
}

/** The task run that waits for a person; without a name the only one. */
async function findWaiting(runtime: Runtime, run: RunRow, name: string | undefined): Promise<TaskRunRow> {
  const spec = await specOf(runtime, run);
  const rows = await runtime.store.history.listTaskRuns(run.id);
  const waiting = rows
    .filter((row) => row.waitsFor?.kind === "approval" && row.state === "deferred")
    .map((row) => ({ row, label: taskRunView({ run, spec }, row).task }));
  const meant = waiting.filter(({ label }) => name === undefined || label === name);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only.row;
  if (only !== undefined) {
    throw new MillraceError("USAGE", `${meant.length} tasks of run ${run.id} wait for a person.`, {
      hint: `Say which in \`task\`: ${meant.map(({ label }) => label).join(", ")}.`,
    });
  }
  const what = name === undefined ? `Nothing of run ${run.id} waits` : `${name} of run ${run.id} does not wait`;
  throw new MillraceError("NOT_WAITING", `${what} for a person.`);
}
