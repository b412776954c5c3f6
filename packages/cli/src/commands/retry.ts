import { MillraceError, type RerunSelection } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { watchNewRun } from "../following/watch-new-run.ts";
import { findRun } from "../history/find-run.ts";
import { withAccess } from "../remote/with-access.ts";
import { showPlan } from "../run-view/plan-text.ts";
import { readNames } from "./run.ts";

/** `millrace retry <run>`. */
export async function retry(call: CommandCall): Promise<ExitCode> {
  const selection = readSelection(call);
  const same = call.options.text("version") === "same";
  return await withAccess(call, { versions: same ? "stored" : "build" }, async (runtime) => {
    const run = await findRun(runtime, call.arguments[0] ?? "");
    const command = { kind: "rerun", run: run.id, selection, version: same ? "same" : null } as const;
    if (!call.options.flag("dry-run")) return await watchNewRun(runtime, call, command);
    return showPlan(call, run, await runtime.planRepeat(command));
  });
}

function readSelection({ options }: CommandCall): RerunSelection {
  const tasks = readNames(options.list("task"));
  const downstream = options.flag("downstream");
  const all = options.flag("all");
  if (all && tasks.length > 0) {
    throw new MillraceError("USAGE", "--all and --task exclude each other.", { hint: "Leave one out." });
  }
  if (downstream && tasks.length === 0) {
    throw new MillraceError("USAGE", "--downstream needs --task.", {
      hint: "Write --task <tasks> --downstream; without --task, everything after a failure is repeated anyway.",
    });
  }
  if (all) return { kind: "all" };
  return tasks.length > 0 ? { kind: "tasks", nodes: tasks, downstream } : { kind: "failed" };
}
