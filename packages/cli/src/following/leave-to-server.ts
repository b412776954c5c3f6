import { answeredRun, type Command, MillraceError } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";

/** Asks whoever leads for a run, prints its id, and does not wait for it. */
export async function leaveToServer(runtime: Runtime, call: CommandCall, command: Command): Promise<ExitCode> {
  const { leader, servers } = await runtime.servers();
  if (leader === null && !servers.some(({ isThere }) => isThere)) throw nobodyThere();
  const run = answeredRun(await runtime.submit(command));
  call.console.record({ type: "run.requested", run });
  call.console.print(run);
  return EXIT.success;
}

function nobodyThere(): MillraceError {
  return new MillraceError("NO_SERVER", "There is no server to leave the run to; nothing was asked for.", {
    hint: "Start one with `millrace server`, or leave out --detach and the run goes on here.",
  });
}
