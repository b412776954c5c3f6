import { answeredRun, MillraceError, type RunState } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { findRun } from "../history/find-run.ts";
import { withAccess } from "../remote/with-access.ts";

const OVER: ReadonlySet<RunState> = new Set(["success", "failed", "cancelled"]);

/** `millrace cancel <run>`. */
export async function cancel(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  return await withAccess(call, { versions: "stored" }, async (runtime) => {
    const run = await findRun(runtime, call.arguments[0] ?? "");
    if (OVER.has(run.state)) throw hasEnded(run.id, run.state);
    answeredRun(await runtime.submit({ kind: "cancel_run", run: run.id }));
    const ended = await runtime.whenSettled(run.id);
    console.record({ type: "run.cancelled", run: run.id, flow: run.flow, state: ended.state });
    if (ended.state === "cancelled") console.print(`cancelled ${run.flow} ${run.id}`);
    else console.print(`${run.flow} ${run.id} had ended before it could be cancelled: ${ended.state}`);
    return EXIT.success;
  });
}

function hasEnded(id: string, state: RunState): MillraceError {
  return new MillraceError("RUN_FINISHED", `Run ${id} has ended: ${state}. There is nothing to cancel.`, {
    hint: `\`millrace retry ${id}\` repeats it as a new run.`,
  });
}
