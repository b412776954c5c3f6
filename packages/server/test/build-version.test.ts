import { cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStore } from "@millrace/store";
import { expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import type { BuildResult } from "../src/versions/build-result.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { readSources } from "../src/versions/last-build.ts";
import { materialize, versionFolder } from "../src/versions/version-folder.ts";
import { flowText, temporaryProject, writeProjectFiles } from "./temporary-project.ts";

function hashesOf({ flows }: BuildResult): Record<string, string> {
  return Object.fromEntries(flows.map(({ spec, codeHash }) => [spec.name, codeHash]));
}

/** Ages files, as if they had been saved some time ago: a file saved at the moment of a build is looked at again. */
function age(dir: string, files: readonly string[]): void {
  const then = new Date(Date.now() - 60_000);
  for (const file of files) utimesSync(path.join(dir, file), then, then);
}

const SCAFFOLD = ["package.json", "millrace.config.ts"];

test("flows become one version with their places, parameters and modules", async () => {
  const dir = temporaryProject({
    "flows/orders.ts": flowText("orders"),
    "flows/deep/users.ts": flowText("users"),
  });
  const built = await buildVersion(openProject(dir, {}));
  expect(built.diagnostics).toEqual([]);
  expect(built.version).toMatch(/^[0-9a-f]{64}$/);
  expect(built.flows.map(({ spec, entry }) => [spec.name, entry])).toEqual([
    ["orders", "flows.orders.mjs"],
    ["users", "flows.deep.users.mjs"],
  ]);
  expect(built.flows[1]?.spec.place).toEqual({ file: "flows/deep/users.ts", line: 4, column: 16 });
});

test("the same content is the same version, wherever the project lies", async () => {
  const files = { "flows/orders.ts": flowText("orders"), "flows/users.ts": flowText("users") };
  const one = await buildVersion(openProject(temporaryProject(files), {}));
  const other = await buildVersion(openProject(temporaryProject(files), {}));
  expect(other.version).toBe(one.version);
});

test("nothing is built when nothing has changed", async () => {
  const dir = temporaryProject({ "flows/orders.ts": flowText("orders") });
  age(dir, [...SCAFFOLD, "flows/orders.ts"]);
  const project = openProject(dir, {});
  const first = await buildVersion(project);
  const again = await buildVersion(project);
  expect(first.rebuilt).toBe(true);
  expect(again).toEqual({ ...first, rebuilt: false });
});

test("a copy of a project, with all that it remembers, has flows of its own", async () => {
  const dir = temporaryProject({ "flows/orders.ts": flowText("orders") });
  age(dir, [...SCAFFOLD, "flows/orders.ts"]);
  await buildVersion(openProject(dir, {}));
  const copy = temporaryProject({});
  cpSync(path.join(dir, ".millrace"), path.join(copy, ".millrace"), { recursive: true });
  writeProjectFiles(copy, { "flows/orders.ts": flowText("orders"), "flows/users.ts": flowText("users") });
  age(copy, [...SCAFFOLD, "flows/orders.ts", "flows/users.ts"]);
  const project = openProject(copy, {});
  // What is watched is not what lies in the other folder.
  expect(readSources(project)).toEqual([]);
  const built = await buildVersion(project);
  expect(built.flows.map(({ spec }) => spec.name)).toEqual(["orders", "users"]);
  expect((await buildVersion(project)).rebuilt).toBe(false);
});

test.each<[string, (dir: string) => void]>([
  ["a flow is edited", (dir) => writeProjectFiles(dir, { "flows/orders.ts": flowText("orders", "2") })],
  ["a flow is added", (dir) => writeProjectFiles(dir, { "flows/new/more.ts": flowText("more") })],
  ["a flow is removed", (dir) => rmSync(path.join(dir, "flows/users.ts"))],
  ["an imported module is edited", (dir) => writeProjectFiles(dir, { "src/rate.ts": "export const rate = 3;\n" })],
  ["a SQL file is edited", (dir) => writeProjectFiles(dir, { "flows/load.sql": "select 2 as n\n" })],
])("a new version is made when %s", async (_what, change) => {
  const dir = temporaryProject({
    "flows/orders.ts": flowText("orders", "rate", 'import { rate } from "../src/rate";'),
    "flows/users.ts": flowText("users"),
    "flows/load.ts": [
      'import { defineTask, CallSite, flow } from "millrace";',
      "function named(file: string) {",
      "  const site = new CallSite(named);",
      '  return defineTask({ name: "load", taskKind: "named", site, files: [site.pathOf(file)], run: () => 1 });',
      "}",
      'const load = named("./load.sql");',
      'export default flow("load", () => load());',
    ].join("\n"),
    "flows/load.sql": "select 1 as n\n",
    "src/rate.ts": "export const rate = 1;\n",
  });
  age(dir, [...SCAFFOLD, "flows/orders.ts", "flows/users.ts", "flows/load.ts", "flows/load.sql", "src/rate.ts"]);
  const project = openProject(dir, {});
  const before = await buildVersion(project);
  expect(before.diagnostics).toEqual([]);
  expect((await buildVersion(project)).rebuilt).toBe(false);
  change(dir);
  const after = await buildVersion(project);
  expect(after.rebuilt).toBe(true);
  expect(after.version).not.toBe(before.version);
});

test("editing one flow leaves the code of the others as it was", async () => {
  const dir = temporaryProject({
    "flows/orders.ts": flowText("orders", "rate", 'import { rate } from "../src/rate";'),
    "flows/users.ts": flowText("users"),
    "src/rate.ts": "export const rate = 1;\n",
  });
  const project = openProject(dir, {});
  const before = hashesOf(await buildVersion(project));
  // Now both flows share the module, and what is woven into the bundle changes for both.
  writeProjectFiles(dir, { "flows/users.ts": flowText("users", "rate", 'import { rate } from "../src/rate";') });
  const after = hashesOf(await buildVersion(project));
  expect(after["orders"]).toBe(before["orders"]);
  expect(after["users"]).not.toBe(before["users"]);
  writeProjectFiles(dir, { "src/rate.ts": "export const rate = 2;\n" });
  const last = hashesOf(await buildVersion(project));
  expect(last["orders"]).not.toBe(after["orders"]);
});

test("files that tasks name are part of the version and of their flow's code", async () => {
  const dir = temporaryProject({
    "flows/load.ts": [
      'import { CallSite, defineTask, flow } from "millrace";',
      "function named(file: string) {",
      "  const site = new CallSite(named);",
      '  return defineTask({ name: "load", taskKind: "named", site, files: [site.pathOf(file)], run: () => 1 });',
      "}",
      'const load = named("../sql/load.sql");',
      'export default flow("load", () => load());',
    ].join("\n"),
    "sql/load.sql": "select 1 as n\n",
  });
  const project = openProject(dir, {});
  const built = await buildVersion(project);
  expect(built.diagnostics).toEqual([]);
  const kept = path.join(versionFolder(project, must(built.version)), "files/sql/load.sql");
  expect(readFileSync(kept, "utf8")).toBe("select 1 as n\n");
  writeProjectFiles(dir, { "sql/load.sql": "select 2 as n\n" });
  expect(hashesOf(await buildVersion(project))["load"]).not.toBe(hashesOf(built)["load"]);
  rmSync(path.join(dir, "sql/load.sql"));
  const [missing] = (await buildVersion(project)).diagnostics;
  expect(missing).toMatchObject({ code: "MISSING_FILE", file: "flows/load.ts", line: 7 });
  expect(missing?.message).toContain("sql/load.sql");
});

test("a version is put together from the store when its folder is gone", async () => {
  const dir = temporaryProject({ "flows/orders.ts": flowText("orders") });
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  const built = await buildVersion(project, { store });
  const version = must(built.version);
  expect(await store.activeVersion()).toBe(version);
  const folder = versionFolder(project, version);
  const before = readFileSync(path.join(folder, "flows.orders.mjs"), "utf8");
  rmSync(folder, { recursive: true });
  writeFileSync(path.join(dir, "flows/orders.ts"), flowText("orders", "2"));
  expect(await materialize(project, store, version)).toBe(folder);
  expect(readFileSync(path.join(folder, "flows.orders.mjs"), "utf8")).toBe(before);
});

test("names and versions of the packages that stay outside are recorded", async () => {
  const dir = temporaryProject({
    "flows/orders.ts": flowText("orders", "left(1)", 'import { left } from "left";'),
    "node_modules/left/package.json":
      '{ "name": "left", "version": "1.2.3", "type": "module", "exports": "./index.js" }',
    "node_modules/left/index.js": "export const left = (n) => n;\n",
  });
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  const { version } = await buildVersion(project, { store });
  const stored = await store.findVersion(must(version));
  expect(stored?.dependencies["left"]).toBe("1.2.3");
});

test("a hundred flow files of twelve tasks bundle and load", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
  const tasks = Array.from({ length: 12 }, (_, index) => `t${index}`);
  const texts = names.map((name) =>
    [
      'import { flow, task } from "millrace";',
      'import { double } from "../src/double";',
      ...tasks.map((id) => `const ${id} = task("${id}", async ({ x }: { x: number }) => double(x));`),
      `export default flow("${name}", () => {`,
      ...tasks.map((id, index) => `  const r${index} = ${id}({ x: ${index === 0 ? "1" : `r${index - 1}`} });`),
      "  return r11;",
      "});",
    ].join("\n"),
  );
  const dir = temporaryProject({
    ...Object.fromEntries(names.map((name, index) => [`flows/${name}.ts`, texts[index] ?? ""])),
    "src/double.ts": "export const double = (x: number): number => 2 * x;\n",
  });
  age(dir, [...SCAFFOLD, "src/double.ts", ...names.map((name) => `flows/${name}.ts`)]);
  const project = openProject(dir, {});
  const begun = performance.now();
  const built = await buildVersion(project);
  const cold = performance.now() - begun;
  const again = await buildVersion(project);
  const warm = performance.now() - begun - cold;
  process.stdout.write(`100 files, 1,200 tasks: ${Math.round(cold)} ms, unchanged ${Math.round(warm)} ms\n`);
  expect(built.flows).toHaveLength(100);
  expect(built.flows.every(({ spec }) => spec.nodes.length === 12)).toBe(true);
  expect(again.rebuilt).toBe(false);
});

function must<Value>(value: Value | null): Value {
  if (value === null) throw new Error("there is no value");
  return value;
}

test.each([
  ["breaks", 'throw new Error("half");'],
  ["has nothing in it", ""],
])("what is saved while it is read, and %s until then, never becomes a version", async (_, rest) => {
  // Half of a file, as the build finds it; the rest is there before anybody can complain.
  const half = `import { writeFileSync } from "node:fs";
writeFileSync("flows/orders.ts", ${JSON.stringify(flowText("orders"))});
${rest}
`;
  const dir = temporaryProject({ "flows/orders.ts": half });
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  const built = await buildVersion(project, { store });
  expect(built.diagnostics).toEqual([]);
  expect(built.flows.map(({ spec }) => spec.name)).toEqual(["orders"]);
  expect(await store.activeVersion()).toBe(built.version);
});
