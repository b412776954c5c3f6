import { type Command, encode, type RunSelection, type RunSlice, type Window } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { watchNewRun } from "../following/watch-new-run.ts";
import { readParams } from "../params/read-params.ts";
import { connectTo, RemoteAccess } from "./remote-access.ts";
import type { ServerAddress } from "./server-address.ts";

/** What the command line says of a run, besides its flow and its parameters. */
export interface AskedRun {
  readonly window: Window | null;
  readonly slice: RunSlice | null;
  readonly selection: RunSelection | null;
}

/** Runs a flow of a server elsewhere, with the code that is active there. */
export async function runThere(
  call: CommandCall,
  address: ServerAddress,
  { window, slice, selection }: AskedRun,
): Promise<ExitCode> {
  const { options, console } = call;
  const name = call.arguments[0] ?? "";
  const { params: schema } = await connectTo(address).flow(name).get();
  const params = readParams({
    file: options.text("params"),
    pairs: options.list("param"),
    params: schema === null || schema === undefined ? null : { jsonSchema: schema },
  });
  const command: Command = {
    kind: "request_run",
    flow: name,
    params: encode(params, "parameters"),
    window,
    ...(slice === null ? {} : { slice }),
    version: null,
    selection,
    idempotencyKey: null,
    class: options.flag("backfill") ? "backfill" : "live",
  };
  const access = await RemoteAccess.open(address);
  try {
    if (!options.flag("detach")) return await watchNewRun(access, call, command);
    const { run } = await access.submit(command);
    console.record({ type: "run.requested", run });
    console.print(run ?? "");
    return EXIT.success;
  } finally {
    access.close();
  }
}
