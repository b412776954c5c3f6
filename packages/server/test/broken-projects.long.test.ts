import path from "node:path";
import { expect, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import type { BuildResult } from "../src/versions/build-result.ts";
import { type BuildOptions, buildVersion } from "../src/versions/build-version.ts";
import type { Diagnostic } from "../src/versions/diagnostic.ts";
import { flowText, temporaryProject } from "./temporary-project.ts";

const GOOD = { "flows/good.ts": flowText("good") };

/** Only for what is never loaded: all else may take its time on a busy machine. */
const SHORT = { importLimitMs: 4_000 };

async function build(files: Record<string, string>, options: BuildOptions = {}): Promise<BuildResult> {
  return await buildVersion(openProject(temporaryProject(files), {}), options);
}

/** The one thing that is wrong; the good flow must be usable all the same. */
async function onlyFault(files: Record<string, string>, options: BuildOptions = {}): Promise<Diagnostic> {
  const { flows, diagnostics } = await build({ ...GOOD, ...files }, options);
  expect(flows.map(({ spec }) => spec.name)).toEqual(["good"]);
  expect(diagnostics).toHaveLength(1);
  return diagnostics[0] as Diagnostic;
}

test("a syntax error", async () => {
  const fault = await onlyFault({ "flows/bad.ts": 'const ok = "ü";\nconst ü = ok; const = 3;\n' });
  expect(fault).toMatchObject({ severity: "error", code: "BUILD_FAILED", file: "flows/bad.ts", line: 2, column: 21 });
  expect(fault.frame).toBe('  1 | const ok = "ü";\n> 2 | const ü = ok; const = 3;\n    |                     ^\n  3 |');
});

test("a syntax error in a module that two flows import is told once, with both", async () => {
  const fault = await onlyFault({
    "flows/one.ts": flowText("one", "x", 'import { x } from "../src/x";'),
    "flows/two.ts": flowText("two", "x", 'import { x } from "../src/x";'),
    "src/x.ts": "export const x = ;\n",
  });
  expect(fault).toMatchObject({ file: "src/x.ts", line: 1 });
  expect(fault.message).toContain("needed by flows/one.ts, flows/two.ts");
});

test("a module that throws when it is loaded", async () => {
  const fault = await onlyFault({
    "flows/bad.ts": flowText("bad", "url", 'import { url } from "../src/settings";'),
    "src/settings.ts":
      'interface Settings {\n  url?: string;\n}\nconst settings: Settings = {};\nexport const url = need(settings.url);\nfunction need(value?: string): string {\n  if (value === undefined) throw new TypeError("SHOP_URL is not set");\n  return value;\n}\n',
  });
  expect(fault).toMatchObject({ code: "IMPORT_FAILED", file: "src/settings.ts", line: 7 });
  expect(fault.message).toBe("flows/bad.ts failed while it was loaded: TypeError: SHOP_URL is not set");
  expect(fault.frame).toContain('> 7 |   if (value === undefined) throw new TypeError("SHOP_URL is not set");');
});

test("an endless loop is shown with the line where it stands", async () => {
  const endless = "let n = 0;\nfunction spin(): never {\n  for (;;) n += 1;\n}\nspin();\n";
  const fault = await onlyFault({ "flows/bad.ts": endless }, SHORT);
  expect(fault).toMatchObject({ code: "IMPORT_TIMEOUT", file: "flows/bad.ts", line: 3 });
  expect(fault.message).toContain("was not loaded within 4 s");
  expect(fault.frame).toContain("> 3 |   for (;;) n += 1;");
});

test("a top-level await that never ends", async () => {
  const fault = await onlyFault({ "flows/bad.ts": "await new Promise(() => {});\nexport const x = 1;\n" }, SHORT);
  expect(fault).toMatchObject({ code: "IMPORT_TIMEOUT", file: "flows/bad.ts" });
  expect(fault.hint).toContain("`await`");
});

test("a module that ends its process", async () => {
  const fault = await onlyFault({ "flows/bad.ts": "process.exit(3);\n" });
  expect(fault).toMatchObject({ code: "IMPORT_FAILED", file: "flows/bad.ts" });
  expect(fault.message).toContain("exit code 3");
});

test("two flows of one name, with both places", async () => {
  const fault = await onlyFault({ "flows/a.ts": flowText("same"), "flows/b.ts": flowText("same") });
  expect(fault).toMatchObject({ code: "DUPLICATE_FLOW", file: "flows/b.ts", line: 4 });
  expect(fault.message).toBe('2 flows are called "same": flows/a.ts:4:16 and flows/b.ts:4:16.');
});

test("what the authoring API refuses keeps its code, its place and its hint", async () => {
  const fault = await onlyFault({
    "flows/bad.ts":
      'import { flow, task } from "millrace";\nconst t = task("t", () => 1);\nexport default flow("bad", () => {\n  t();\n  t();\n});\n',
  });
  expect(fault).toMatchObject({ code: "DUPLICATE_TASK", file: "flows/bad.ts", line: 5 });
  expect(fault.frame).toContain("> 5 |   t();");
  expect(fault.hint).toContain(".named(");
});

test("a package that is not installed", async () => {
  const fault = await onlyFault({ "flows/bad.ts": 'import { x } from "not-there";\nconsole.log(x);\n' });
  expect(fault).toMatchObject({ code: "BUILD_FAILED", file: "flows/bad.ts", line: 1, column: 19 });
  expect(fault.message).toContain("not-there");
  expect(fault.hint).toContain("Install the package");
});

test("a name that a package does not export", async () => {
  const fault = await onlyFault({
    "flows/bad.ts": flowText("bad", "nope", 'import { nope } from "small";'),
    "node_modules/small/package.json": '{ "name": "small", "type": "module", "exports": "./index.js" }',
    "node_modules/small/index.js": "export const yes = 1;\n",
  });
  expect(fault).toMatchObject({ code: "IMPORT_FAILED", file: "flows/bad.ts", line: 2 });
  expect(fault.message).toContain("nope");
});

test("a file without a flow is only odd", async () => {
  const fault = await onlyFault({ "flows/shared.ts": "export const rate = 1;\n" });
  expect(fault).toMatchObject({ severity: "warning", code: "NO_FLOW_IN_FILE", file: "flows/shared.ts" });
});

test("connections and pools that the configuration does not declare", async () => {
  const { flows, diagnostics } = await build({
    ...GOOD,
    "millrace.config.ts":
      'import { defineConfig } from "millrace";\nexport default defineConfig({ connections: { warehouse: { kind: "own" } }, pools: { "shop-api": 2 } });\n',
    "flows/connection.ts":
      'import { defineTask, flow } from "millrace";\nconst t = defineTask({ name: "t", taskKind: "own", connections: ["warehous"], details: { connection: "warehous" }, run: () => 1 });\nexport default flow("connection", () => {\n  t();\n});\n',
    "flows/pool.ts":
      'import { flow, task } from "millrace";\nconst t = task("t", { pool: "shop-ap" }, () => 1);\nexport default flow("pool", () => {\n  t();\n});\n',
    "flows/slots.ts":
      'import { flow, task } from "millrace";\nconst t = task("t", { pool: { name: "shop-api", slots: 3 } }, () => 1);\nexport default flow("slots", () => {\n  t();\n});\n',
  });
  expect(flows.map(({ spec }) => spec.name)).toEqual(["good"]);
  const byFile = new Map(diagnostics.map((diagnostic) => [diagnostic.file, diagnostic]));
  expect(byFile.get("flows/connection.ts")).toMatchObject({ code: "MISSING_CONNECTION", line: 4 });
  expect(byFile.get("flows/connection.ts")?.hint).toContain('Did you mean "warehouse"?');
  expect(byFile.get("flows/pool.ts")).toMatchObject({ code: "INVALID_OPTION", line: 4 });
  expect(byFile.get("flows/pool.ts")?.hint).toContain('Did you mean "shop-api"?');
  expect(byFile.get("flows/slots.ts")?.message).toContain("takes 3 slots");
});

test.each<[string, string, string]>([
  ["does not parse", "export default {;\n", "Expected"],
  ["throws", 'throw new Error("no config today");\n', "no config today"],
  ["exports nothing of use", "export default {};\n", "defineConfig"],
  [
    "has an unknown option",
    'import { defineConfig } from "millrace";\nexport default defineConfig({ pool: {} } as never);\n',
    '"pool"',
  ],
])("a configuration that %s makes no version", async (_what, config, message) => {
  const built = await build({ ...GOOD, "millrace.config.ts": config });
  expect(built).toMatchObject({ version: null, flows: [], config: null });
  expect(built.diagnostics).toHaveLength(1);
  expect(built.diagnostics[0]).toMatchObject({ severity: "error", code: "INVALID_CONFIG", file: "millrace.config.ts" });
  expect(built.diagnostics[0]?.message).toContain(message);
});

test("a project without flows has a version without flows", async () => {
  const built = await build({});
  expect(built.flows).toEqual([]);
  expect(built.diagnostics).toEqual([]);
});

test("errors are looked at again, though the sources are the same", async () => {
  const dir = temporaryProject({ ...GOOD, "flows/bad.ts": 'throw new Error("not now");\n' });
  const project = openProject(path.join(dir, "flows"), {});
  await buildVersion(project);
  expect((await buildVersion(project)).rebuilt).toBe(true);
});
