import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { makeReporter, RunFollower } from "../following/follow-runs.ts";
import { onInterruption } from "../following/interruption.ts";
import { findRun } from "../history/find-run.ts";
import { withAccess } from "../remote/with-access.ts";

/** `millrace watch [run]`. */
export async function watch(call: CommandCall): Promise<ExitCode> {
  return await withAccess(call, { versions: "stored", role: "reader" }, async (access) => {
    const { id } = await findRun(access, call.arguments[0] ?? "latest");
    const follower = new RunFollower(access, makeReporter(call.console));
    const left = Promise.withResolvers<undefined>();
    const interruption = onInterruption(
      () => left.resolve(undefined),
      () => follower.close(),
    );
    try {
      await follower.addKnown(id);
      follower.seal();
      const ending = follower.end(id);
      const run = await Promise.race([ending, left.promise]);
      if (run !== undefined) return run.state === "success" ? EXIT.success : EXIT.failed;
      // Nobody waits for it any more.
      ending.catch(() => undefined);
      follower.notice(`left; the run goes on, and \`millrace watch ${id}\` follows it again`);
      return EXIT.interrupted;
    } finally {
      interruption.end();
      follower.close();
    }
  });
}
