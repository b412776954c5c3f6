import { parseDuration } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { onInterruption } from "../following/interruption.ts";
import { usableBuild, withRuntime } from "../following/open-runtime.ts";
import { ServerReporter } from "../server-view/server-reporter.ts";
import { serverStatus } from "../server-view/server-status.ts";

const DEFAULT_DRAIN = "30s";

/** `millrace server [status]`. */
export async function server(call: CommandCall): Promise<ExitCode> {
  const { options, console } = call;
  const drainMs = parseDuration(options.text("drain") ?? DEFAULT_DRAIN, "--drain");
  if (call.arguments[0] === "status") return await serverStatus(call);
  console.outliveReader();
  const reporter = new ServerReporter(console);
  const how = { kind: "server", versions: options.flag("stored") ? "stored" : "build" } as const;
  return await withRuntime(call, { ...how, onNews: (news) => reporter.news(news) }, async (runtime) => {
    if (runtime.build !== null) usableBuild(runtime.build, call);
    await reporter.started(runtime);
    await serveUntilAsked(runtime, reporter, drainMs);
    return EXIT.success;
  });
}

/** Until a signal comes. The second one leaves at once: the guardian kills what runs, and the next leader goes on. */
async function serveUntilAsked(runtime: Runtime, reporter: ServerReporter, drainMs: number): Promise<void> {
  const asked = Promise.withResolvers<void>();
  const interruption = onInterruption(asked.resolve, () => reporter.stopped());
  try {
    await Promise.race([asked.promise, runtime.failed]);
    reporter.stopping(drainMs);
    await runtime.handOver(drainMs);
    await runtime.stop();
    reporter.stopped();
  } finally {
    interruption.end();
  }
}
