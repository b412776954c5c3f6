import { parseDuration } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { usableBuild, withRuntime } from "../following/open-runtime.ts";
import { ServerReporter } from "../server-view/server-reporter.ts";
import { serverStatus } from "../server-view/server-status.ts";
import { listen, readPort } from "../serving/listen.ts";
import { serveUntilAsked } from "../serving/serve-until-asked.ts";

const DEFAULT_DRAIN = "30s";
const DEFAULT_PORT = 7430;

/** `millrace server [status]`. */
export async function server(call: CommandCall): Promise<ExitCode> {
  const { options, console } = call;
  const drainMs = parseDuration(options.text("drain") ?? DEFAULT_DRAIN, "--drain");
  if (call.arguments[0] === "status") return await serverStatus(call);
  const port = readPort(options.text("port"));
  console.outliveReader();
  const reporter = new ServerReporter(console);
  const how = { kind: "server", versions: options.flag("stored") ? "stored" : "build" } as const;
  return await withRuntime(call, { ...how, onNews: (news) => reporter.news(news) }, async (runtime) => {
    if (runtime.build !== null) usableBuild(runtime.build, call);
    await reporter.started(runtime);
    const hooks = await listen(call, runtime, {
      port: port ?? DEFAULT_PORT,
      waitsForPort: port === undefined,
      isForAll: true,
      onListening: (address) => reporter.listening(address),
      onAccess: (access) => reporter.access(access),
      onError: (error) => reporter.requestFailed(error),
    });
    try {
      await serveUntilAsked(runtime, reporter, { drainMs, hooks });
    } finally {
      await hooks.stop();
    }
    return EXIT.success;
  });
}
