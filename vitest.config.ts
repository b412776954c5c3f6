import { configDefaults, defineConfig } from "vitest/config";

// Tests import the sources of every package, never a build: the condition below is the one that Node is started
// with, so that a test and the running program resolve a package to the same file.
// "import" and "require" are not in the list: Node would then take the one for the other.
const conditions = ["@millrace/source", "node"];

const ALL = ["{packages,examples}/*/test/**/*.test.ts", "test/**/*.test.ts"];
const LONG = "**/*.long.test.ts";
// One file of the engine counts what is alive in the memory of its process.
const TOGETHER = ["packages/{contract,core,store}/test/**/*.test.ts", "packages/engine/test/**/!(counts).test.ts"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Processes, not threads: tests send signals, change the working directory and must not share a heap.
    pool: "forks",
    // Tests wait for processes more than they compute, so none of the cores is set aside.
    maxWorkers: "100%",
    execArgv: ["--conditions=@millrace/source"],
    globalSetup: ["test/setup/left-behind.ts", "test/setup/shared-postgres.ts"],
    // What hangs fails; what is only slow, on a machine with other work, does not.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that asserts nothing proves nothing.
    expect: { requireAssertions: true, poll: { timeout: 20_000 } },
    allowOnly: false,
    projects: [
      {
        extends: true,
        // Their files follow each other in one process: they change nothing that the next one would meet, and a fresh
        // process for each is a quarter of what they cost.
        test: { name: "together", include: TOGETHER, exclude: [...configDefaults.exclude, LONG], isolate: false },
      },
      {
        extends: true,
        test: { name: "apart", include: ALL, exclude: [...configDefaults.exclude, LONG, ...TOGETHER] },
      },
      // Those that kill and restart processes for many seconds.
      { extends: true, test: { name: "long", include: [LONG] } },
    ],
    passWithNoTests: true,
    coverage: {
      provider: "v8",
      include: ["packages/core/src/**/*.ts"],
      reporter: [["text", { skipFull: true }]],
      reportsDirectory: "coverage",
      thresholds: { branches: 100 },
    },
  },
});
