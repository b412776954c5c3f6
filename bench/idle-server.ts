import process from "node:process";
import { answeredRun, encode } from "@millrace/core";
import { openRuntime } from "@millrace/server";

// A leader with nothing to do: store, engine, one warm worker and its guardian.
const runtime = await openRuntime({ projectDir: process.argv[2] ?? "." });
const answer = await runtime.submit({
  kind: "request_run",
  flow: "chain",
  params: encode({}),
  window: null,
  version: null,
  selection: null,
  idempotencyKey: null,
});
await runtime.whenSettled(answeredRun(answer));
process.stdout.write("idle\n");
process.stdin.resume();
process.stdin.once("end", () => void runtime.stop());
