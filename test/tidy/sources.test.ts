import { describe, expect, test } from "vitest";
import { listSources, readText } from "./repository.ts";
import { checkName, checkSource } from "./rules.ts";

describe("every source", () => {
  const sources = listSources();

  test("is found, or the rules below would hold for nothing", () => {
    expect(sources).toContain("packages/core/src/index.ts");
    expect(sources).toContain("packages/cli/bin/millrace.js");
    expect(sources).toContain(".dependency-cruiser.mjs");
    expect(sources.filter((file) => file.includes("node_modules"))).toEqual([]);
  });

  test("has a name that says what it is about", () => {
    expect(sources.flatMap(checkName)).toEqual([]);
  });

  test("is of a size that one can read, and written in the house's TypeScript", () => {
    expect(sources.flatMap((file) => checkSource(file, readText(file)))).toEqual([]);
  });
});

describe("the rules themselves", () => {
  const lines = (count: number): string => "\n".repeat(count - 1);

  test.each([
    ["a file of 601 lines", lines(601)],
    ["a function of 71 lines", `function f() {${lines(71)}}`],
    ["an arrow function of 71 lines", `const f = () => {${lines(71)}};`],
    ["a method of 71 lines", `class A { m() {${lines(71)}} }`],
    ["a test of 71 lines", `test("x", () => {${lines(71)}});`],
    ["four parameters", "function f(a, b, c, d) {}"],
    ["a constructor of four parameters", "class A { constructor(a, b, c, d) {} }"],
    ["an enum", "enum A { B }"],
    ["any", "const a: Record<string, any> = {};"],
    ["a default export", "export default 1;"],
    ["a skipped test", 'test.skip("x", () => {});'],
    ["a skipped chapter", 'describe.concurrent.skip("x", () => {});'],
    ["a test for some machines only", 'it.runIf(linux)("x", () => {});'],
  ])("refuse %s", (_name, text) => {
    expect(checkSource("packages/core/src/example.ts", text)).toHaveLength(1);
  });

  test.each([
    ["a file of 600 lines", lines(600)],
    ["a function of 70 lines", `function f() {${lines(70)}}`],
    ["a chapter of 100 lines", `describe("x", () => {${lines(100)}});`],
    ["a table of chapters", `describe.each([1])("x", () => {${lines(100)}});`],
    ["a table of four columns", 'test.each([])("x", (a, b, c, d) => {});'],
    ["three parameters and this", "function f(this: Date, a: 1, b: 2, c: 3) {}"],
  ])("allow %s", (_name, text) => {
    expect(checkSource("packages/core/src/example.ts", text)).toEqual([]);
  });

  test("allow a default export where a tool or the loader of flows asks for one", () => {
    expect(checkSource("vitest.config.ts", "export default 1;")).toEqual([]);
    expect(checkSource("examples/flights/flows/daily.ts", "export default 1;")).toEqual([]);
    expect(checkSource("examples/flights/millrace.config.ts", "export default 1;")).toEqual([]);
  });

  test.each([
    "src/utils.ts",
    "src/helpers/run.ts",
    "src/types.ts",
    "src/Runs.ts",
    "src/run_state.ts",
    "test/lib.test.ts",
  ])("refuse the name %s", (file) => {
    expect(checkName(file)).toHaveLength(1);
  });

  test.each(["src/run-state.ts", "src/index.ts", "test/run-state.test-d.ts", ".dependency-cruiser.mjs"])(
    "allow the name %s",
    (file) => {
      expect(checkName(file)).toEqual([]);
    },
  );
});
