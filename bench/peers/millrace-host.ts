// Millrace at work, in the process of an application: opens the project, leads it, and takes requests for runs.
import process from "node:process";
import { encode, type RunId } from "@millrace/core";
import { openRuntime } from "@millrace/server";
import { listen } from "./programs/javascript/front.ts";

const language = process.env["BENCH_LANGUAGE"] ?? "";
const runtime = await openRuntime({ projectDir: process.cwd() });
if (runtime.role !== "leader") throw new Error(`this process is a ${runtime.role}`);
const wrong = runtime.build?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
if (wrong.length > 0) throw new Error(`the flows do not build: ${JSON.stringify(wrong)}`);

const runs = new Map<string, RunId>();
listen({
  async begin(work, key) {
    const answer = await runtime.submit({
      kind: "request_run",
      flow: `${work}-${language}`,
      params: encode({ key }),
      window: null,
      version: null,
      selection: null,
      idempotencyKey: key,
    });
    if (!answer.ok) throw new Error(answer.error.message);
    runs.set(key, (answer as { run: RunId }).run);
  },
  async state(_, key) {
    const run = runs.get(key);
    return run === undefined ? "unknown" : ((await runtime.store.history.findRun(run))?.state ?? "unknown");
  },
});
process.once("SIGTERM", () => void runtime.stop().finally(() => process.exit()));
