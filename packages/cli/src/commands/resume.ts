import { MillraceError, type RunId } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { makeReporter, RunFollower } from "../following/follow-runs.ts";
import { onInterruption } from "../following/interruption.ts";
import { withRuntime } from "../following/open-runtime.ts";
import { findRun } from "../history/find-run.ts";

/** `millrace resume [run]`. */
export async function resume(call: CommandCall): Promise<ExitCode> {
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const runs = await wantedRuns(runtime, call.arguments[0]);
    if (runs.length === 0) {
      call.console.print("Nothing to resume: every run has ended.");
      return EXIT.success;
    }
    return await watchToEnd(runtime, call, runs);
  });
}

async function wantedRuns(runtime: Runtime, name: string | undefined): Promise<readonly RunId[]> {
  const unfinished = await runtime.inheritedRuns();
  if (name === undefined) return unfinished;
  const run = await findRun(runtime, name);
  if (unfinished.includes(run.id)) return [run.id];
  throw new MillraceError("RUN_FINISHED", `Run ${run.id} has ended: ${run.state}.`, {
    hint: `\`millrace retry ${run.id}\` repeats what failed.`,
  });
}

/** Ctrl-C leaves the runs for later: they were not begun here. */
async function watchToEnd(runtime: Runtime, call: CommandCall, runs: readonly RunId[]): Promise<ExitCode> {
  call.console.outliveReader();
  const follower = new RunFollower(runtime, makeReporter(call.console));
  let leave = (): void => {};
  const left = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
  });
  const interruption = onInterruption(leave, () => follower.close());
  try {
    if (runtime.role === "guest") follower.notice("another process leads this project; watching it");
    for (const id of runs) await follower.addUnfinished(id);
    follower.seal();
    let failed = false;
    const ends = Promise.all(
      runs.map(async (id) => {
        const run = await follower.end(id);
        failed ||= run.state !== "success";
      }),
    );
    if ((await Promise.race([ends, left])) !== undefined) return failed ? EXIT.failed : EXIT.success;
    ends.catch(() => {});
    follower.notice("left; the runs stay in the store, and `millrace resume` goes on with them");
    return EXIT.interrupted;
  } finally {
    interruption.end();
    follower.close();
  }
}
