// Finds files, exports and dependencies that nobody uses.
import { readdirSync } from "node:fs";
import type { KnipConfig } from "knip";
import { folders, PUBLISHED, readManifest } from "./scripts/publish/workspace.ts";

// `millrace` is published as a bundle, so it declares what the packages inside it need from the registry. The build
// checks that list; knip would call it unused.
const needsOfInnerPackages = folders
  .filter((folder) => !PUBLISHED.some((published) => published.folder === folder))
  .map(readManifest)
  .flatMap(({ dependencies, peerDependencies }) => Object.keys({ ...dependencies, ...peerDependencies }));

const tests = "test/**/*.{test,test-d}.ts";
const packageProject = ["{src,test,scripts}/**/*.ts"];

type Workspaces = NonNullable<Exclude<KnipConfig, (...args: never) => unknown>["workspaces"]>;

const workspaces: Workspaces = {
  ".": {
    entry: ["scripts/*.ts", "bench/*.ts", "test/**/*.test.ts"],
    project: ["{scripts,bench,test}/**/*.ts"],
    // Started by name, or loaded by another tool: swc by dependency-cruiser, the others by the scripts.
    ignoreDependencies: ["@arethetypeswrong/cli", "@swc/core", "publint"],
  },
  "packages/*": { entry: [tests, "scripts/*.ts"], project: packageProject },
  "packages/cli": {
    entry: ["src/main.ts", tests],
    project: ["{src,bin,test}/**/*.{ts,js}"],
    ignoreDependencies: needsOfInnerPackages.filter((name) => !name.startsWith("@millrace/")),
  },
};
if (readdirSync("examples").some((name) => !name.startsWith("."))) {
  workspaces["examples/*"] = {
    entry: ["flows/**/*.ts", "millrace.config.ts", "test/**/*.test.ts", "scripts/*.ts"],
    project: ["**/*.ts"],
  };
}

export default { workspaces } satisfies KnipConfig;
