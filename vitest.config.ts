import { defineConfig } from "vitest/config";

// Tests import the sources of every package, never a build: the condition below is the one that Node is started
// with, so that a test and the running program resolve a package to the same file.
// "import" and "require" are not in the list: Node would then take the one for the other.
const conditions = ["@millrace/source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["{packages,examples}/*/test/**/*.test.ts", "test/**/*.test.ts"],
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
