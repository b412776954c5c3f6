import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/command-line/command-table.ts";
import { GLOBAL_OPTIONS } from "../../src/command-line/global-options.ts";

const GUIDE = readFileSync(path.resolve(import.meta.dirname, "../../../../docs/guides/configuration.md"), "utf8");

test("the guide on configuration tells of every variable that stands for an option", () => {
  const options = [...GLOBAL_OPTIONS, ...COMMANDS.flatMap((command) => command.options)];
  const variables = [...new Set(options.flatMap(({ env }) => env ?? []))];
  expect(variables).toContain("MILLRACE_PORT");
  expect(variables.filter((variable) => !GUIDE.includes(`\`${variable}\``))).toEqual([]);
});
