import { MillraceError, parseDuration } from "@millrace/core";
import type { HookServer, Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { onInterruption } from "../following/interruption.ts";
import { usableBuild, withRuntime } from "../following/open-runtime.ts";
import { ownVersion } from "../own-version.ts";
import { ServerReporter } from "../server-view/server-reporter.ts";
import { serverStatus } from "../server-view/server-status.ts";

const DEFAULT_DRAIN = "30s";
const DEFAULT_PORT = 7430;
const DEFAULT_HOST = "127.0.0.1";

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
    const hooks = await listen(call, runtime, reporter);
    try {
      await serveUntilAsked(runtime, reporter, { drainMs, hooks });
    } finally {
      await hooks.stop();
    }
    return EXIT.success;
  });
}

/** Until a signal comes. The second one leaves at once: the guardian kills what runs, and the next leader goes on. */
async function serveUntilAsked(
  runtime: Runtime,
  reporter: ServerReporter,
  { drainMs, hooks }: { readonly drainMs: number; readonly hooks: HookServer },
): Promise<void> {
  const asked = Promise.withResolvers<void>();
  const interruption = onInterruption(asked.resolve, () => reporter.stopped());
  try {
    await Promise.race([asked.promise, runtime.failed]);
    reporter.stopping(drainMs);
    // What comes from now on is for the next leader; whoever waits for an answer still gets it.
    await hooks.stop();
    await runtime.handOver(drainMs);
    await runtime.stop();
    reporter.stopped();
  } finally {
    interruption.end();
  }
}

/** Takes webhooks, and serves the API. Of several servers on one machine the others wait for the port, unless they were given their own. */
async function listen({ options }: CommandCall, runtime: Runtime, reporter: ServerReporter): Promise<HookServer> {
  const { HookServer } = await import("@millrace/server");
  const { Api, isLoopback } = await import("@millrace/server/http");
  const text = options.text("port");
  const host = options.text("host") ?? DEFAULT_HOST;
  const onError = (error: unknown) => reporter.requestFailed(error);
  // It knows no people yet, so it is for this machine alone.
  const hasApi = isLoopback(host);
  const server = new HookServer({
    runtime,
    port: text === undefined ? DEFAULT_PORT : readPort(text),
    host,
    ...(hasApi ? { api: new Api({ runtime, version: ownVersion(), onError }) } : {}),
    waitsForPort: text === undefined,
    onListening: (address) => reporter.listening(address, hasApi),
    onError,
  });
  await server.start();
  return server;
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new MillraceError("USAGE", `--port cannot be "${text}".`, { hint: "Give a number up to 65535; 0 takes any." });
}
