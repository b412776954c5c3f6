import { type Command, encode, MillraceError, type RunSelection, type RunSlice } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { leaveToServer } from "../following/leave-to-server.ts";
import { buildOf, findFlow, withRuntime } from "../following/open-runtime.ts";
import { watchNewRun } from "../following/watch-new-run.ts";
import { readParams } from "../params/read-params.ts";
import { readWindow } from "../params/read-window.ts";
import { readServerAddress } from "../remote/server-address.ts";

/** `millrace run <flow>`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options } = call;
  const windowText = options.text("window");
  // Everything that can be refused without the project is refused before it is opened.
  const window = windowText === undefined ? null : readWindow(windowText);
  const selection = readSelection(call);
  const slice = readSlice(call);
  const address = readServerAddress(call);
  if (address !== undefined) {
    const { runThere } = await import("../remote/run-there.ts");
    return await runThere(call, address, { window, slice, selection });
  }
  const detached = options.flag("detach");
  return await withRuntime(call, { versions: "build", role: detached ? "reader" : "auto" }, async (runtime) => {
    const build = buildOf(runtime);
    const { spec } = findFlow(build, call.arguments[0] ?? "", call);
    const params = readParams({
      file: options.text("params"),
      pairs: options.list("param"),
      params: spec.params,
    });
    const command: Command = {
      kind: "request_run",
      flow: spec.name,
      params: encode(params, "parameters"),
      window,
      ...(slice === null ? {} : { slice }),
      version: build.version,
      selection,
      idempotencyKey: null,
      class: options.flag("backfill") ? "backfill" : "live",
    };
    return await (detached ? leaveToServer(runtime, call, command) : watchNewRun(runtime, call, command));
  });
}

/** The partitions that the run covers; which there are is for the flow to say. */
function readSlice({ options }: CommandCall): RunSlice | null {
  const keys = readNames(options.list("partition"));
  const [only, ...more] = keys;
  if (only === undefined) return null;
  return more.length === 0 ? { kind: "key", key: only } : { kind: "keys", keys };
}

function readSelection({ options }: CommandCall): RunSelection | null {
  const only = readNames(options.list("only"));
  const from = readNames(options.list("from"));
  if (only.length > 0 && from.length > 0) {
    throw new MillraceError("USAGE", "--only and --from exclude each other.", {
      hint: "--only runs the tasks alone; --from runs them and everything after them.",
    });
  }
  if (only.length > 0) return { kind: "only", nodes: only };
  return from.length > 0 ? { kind: "from", nodes: from } : null;
}

/** Names separated by commas, of an option that may be repeated. */
export function readNames(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
