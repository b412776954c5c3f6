import { globSync } from "node:fs";
import { ROOT } from "./mutants.ts";

/** A part of the program whose tests are tested, and those tests. */
export interface Target {
  readonly name: "core" | "engine";
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** What decides, and what carries the decisions out: where a wrong turn loses a task run. */
export const TARGETS: readonly Target[] = [
  {
    name: "core",
    files: find("packages/core/src/{states,progress,plan,graph}/*.ts", "packages/core/src/{trigger-rule,retry}.ts"),
    tests: ["states", "progress", "plan", "graph", "trigger-rule", "retry"].map((name) => `packages/core/test/${name}`),
  },
  {
    name: "engine",
    files: find(
      "packages/engine/src/admission/*.ts",
      "packages/engine/src/{run-gate,tasks,runs,reports,recovery,ready-times,hooks,reuse,regions}.ts",
    ),
    tests: ["packages/engine/test"],
  },
];

function find(...globs: readonly string[]): string[] {
  return globSync([...globs], { cwd: ROOT }).sort();
}
