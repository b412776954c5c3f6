import type { MarkState } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { watchNewRun } from "../following/watch-new-run.ts";
import { findRun } from "../history/find-run.ts";
import { withAccess } from "../remote/with-access.ts";
import { showPlan } from "../run-view/plan-text.ts";
import { readNames } from "./run.ts";

/** `millrace mark <run> <tasks> <state>`. */
export async function mark(call: CommandCall): Promise<ExitCode> {
  const [named = "", tasks = "", as = ""] = call.arguments;
  return await withAccess(call, { versions: "stored" }, async (runtime) => {
    const run = await findRun(runtime, named);
    const command = {
      kind: "mark",
      run: run.id,
      tasks: readNames([tasks]),
      as: as as MarkState,
      reason: call.options.text("reason") ?? null,
    } as const;
    if (!call.options.flag("dry-run")) return await watchNewRun(runtime, call, command);
    return showPlan(call, run, await runtime.planRepeat(command));
  });
}
