import { isMillraceError, parseDuration } from "@millrace/core";
import type { HookServer, Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { DevReporter } from "../dev/dev-reporter.ts";
import { DevSession } from "../dev/dev-session.ts";
import { buildOf, withRuntime } from "../following/open-runtime.ts";
import { DEFAULT_HOST, listen, readPort } from "../serving/listen.ts";

const DEFAULT_DRAIN = "5s";
const DEFAULT_PORT = 7430;
/** Several projects may be developed at once: each has the next port that is free. */
const PORTS_TO_TRY = 20;

interface Listening {
  readonly hooks: HookServer;
  readonly url: string;
}

/** `millrace dev`. */
export async function dev(call: CommandCall): Promise<ExitCode> {
  const drainMs = parseDuration(call.options.text("drain") ?? DEFAULT_DRAIN, "--drain");
  const given = readPort(call.options.text("port"));
  const { claimDev, openProject } = await import("@millrace/server");
  const instance = claimDev(openProject(call.projectDir));
  call.console.outliveReader();
  const reporter = new DevReporter(call.console);
  try {
    let port = given;
    for (let beganAtMs = 0, again = true; again; beganAtMs = performance.now()) {
      again = await withRuntime(call, { kind: "server", onNews: (news) => reporter.news(news) }, async (runtime) => {
        const { hooks, url } = await listenSomewhere(call, runtime, { port, reporter });
        try {
          // Whoever has the address keeps it, whatever becomes of the runtime behind it.
          port = Number(new URL(url).port);
          instance.announce(url);
          const parts = { runtime, call, reporter, hooks, url, drainMs, beganAtMs };
          return await new DevSession(parts, buildOf(runtime)).run();
        } finally {
          await hooks.stop();
        }
      });
    }
    return EXIT.success;
  } finally {
    instance.release();
  }
}

/** On the port that was asked for, else on the first that is free. */
async function listenSomewhere(
  call: CommandCall,
  runtime: Runtime,
  { port, reporter }: { readonly port: number | undefined; readonly reporter: DevReporter },
): Promise<Listening> {
  for (let tries = 0; ; tries += 1) {
    let url = "";
    try {
      const hooks = await listen(call, runtime, {
        port: port ?? DEFAULT_PORT + tries,
        host: DEFAULT_HOST,
        waitsForPort: false,
        isForAll: false,
        onAccess: ({ needs }) => reporter.access(needs),
        onListening: (address) => {
          url = address ?? "";
        },
        onError: (error) => reporter.requestFailed(error),
      });
      return { hooks, url };
    } catch (error) {
      if (port !== undefined || tries + 1 >= PORTS_TO_TRY || !isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return isMillraceError(error) && (error.cause as { code?: string } | undefined)?.code === "EADDRINUSE";
}
