import { MillraceError, parseDuration } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { usableBuild, withRuntime } from "../following/open-runtime.ts";
import { readLabels } from "../params/read-labels.ts";
import { drainWorker } from "../server-view/drain-worker.ts";
import { ServerReporter } from "../server-view/server-reporter.ts";
import { serverStatus } from "../server-view/server-status.ts";
import { type Access, DEFAULT_HOST, listen, readPort } from "../serving/listen.ts";
import { readRoles } from "../serving/read-roles.ts";
import { serveUntilAsked } from "../serving/serve-until-asked.ts";

const DEFAULT_DRAIN_MS = 30_000;
const DEFAULT_PORT = 7430;

/** `millrace server [status]`. */
export async function server(call: CommandCall): Promise<ExitCode> {
  const { options, console } = call;
  const drain = options.text("drain");
  const givenDrainMs = drain === undefined ? undefined : parseDuration(drain, "--drain");
  const [what, worker] = call.arguments;
  if (what === "drain" || what === "undrain") return await drainWorker(call, worker, what === "drain");
  if (worker !== undefined) throw new MillraceError("USAGE", `"${worker}" is one argument too many.`);
  if (what === "status") return await serverStatus(call);
  const port = readPort(options.text("port"));
  console.outliveReader();
  const reporter = new ServerReporter(console);
  const roles = readRoles(options.text("role"));
  const how = {
    kind: "server",
    versions: options.flag("stored") ? "stored" : "build",
    role: roles.engine ? "auto" : "reader",
    labels: readLabels(options.list("label")),
    ...(roles.worker ? {} : { workers: 0 }),
  } as const;
  return await withRuntime(call, { ...how, onNews: (news) => reporter.news(news) }, async (runtime) => {
    if (runtime.build !== null) usableBuild(runtime.build, call);
    await reporter.started(runtime);
    const { readConfig } = await import("@millrace/server");
    const config = (await readConfig(runtime))?.server;
    const drainMs = givenDrainMs ?? config?.drainMs ?? DEFAULT_DRAIN_MS;
    const listening = {
      port: port ?? config?.port ?? DEFAULT_PORT,
      host: options.text("host") ?? config?.host ?? DEFAULT_HOST,
      // What the project says is the same for all of its servers on a machine: they take turns.
      waitsForPort: port === undefined,
      isForAll: true,
      onListening: (address: string | null) => reporter.listening(address),
      onAccess: (access: Access) => reporter.access(access),
      onError: (error: unknown) => reporter.requestFailed(error),
    };
    const hooks = roles.api ? await listen(call, runtime, listening) : null;
    try {
      await serveUntilAsked(runtime, reporter, { drainMs, hooks });
    } finally {
      await hooks?.stop();
    }
    return EXIT.success;
  });
}
