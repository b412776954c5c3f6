import { readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { instrument } from "./instrument.ts";
import { findMutants, ROOT } from "./mutants.ts";
import { planFromEnvironment } from "./plan.ts";

// Runs tests on sources with mutants in them. Started by `run-mutants.ts`, never by hand.
const plan = planFromEnvironment();
const mutants = findMutants(plan.targets);
const targets = new Set(plan.targets.map((file) => path.join(ROOT, file)));
const conditions = ["@millrace/source", "node"];

export default defineConfig({
  root: ROOT,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  plugins: [
    {
      name: "mutants",
      enforce: "pre",
      load(id) {
        if (!targets.has(id)) return null;
        const file = path.relative(ROOT, id);
        return instrument(
          readFileSync(id, "utf8"),
          mutants.filter((mutant) => mutant.file === file),
        );
      },
    },
  ],
  test: {
    pool: "forks",
    maxWorkers: "100%",
    execArgv: ["--conditions=@millrace/source"],
    setupFiles: ["test/mutation/try-mutants.ts"],
    // One mutant that hangs must not take a test's whole time: `try-mutants.ts` has its own.
    hookTimeout: 0,
    testTimeout: 60_000,
    bail: plan.fromStart === null ? 0 : 1,
    reporters: ["dot"],
    // What a mutant leaves behind may fail after its test has ended.
    dangerouslyIgnoreUnhandledErrors: true,
    expect: { requireAssertions: true, poll: { timeout: 20_000 } },
  },
});
