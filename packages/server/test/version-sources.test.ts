import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStore } from "@millrace/store";
import { expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { flowText, temporaryProject, writeProjectFiles } from "./temporary-project.ts";

const NAMED = [
  'import { defineTask, CallSite, flow } from "millrace";',
  "function named(file: string) {",
  "  const site = new CallSite(named);",
  '  return defineTask({ name: "load", taskKind: "named", site, files: [site.pathOf(file)], run: () => 1 });',
  "}",
  'const load = named("./load.sql");',
  'const other = named("./.env.local").named("other");',
  'export default flow("load", () => { load(); other(); });',
].join("\n");

async function open(files: Record<string, string>) {
  const dir = temporaryProject(files);
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  return { dir, project, store };
}

test("a version keeps the project's own files, with what each imports, and no packages and secrets", async () => {
  const { dir, project, store } = await open({
    "flows/orders.ts": flowText("orders", "rate", 'import { rate } from "../src/rate";'),
    "flows/load.ts": NAMED,
    "flows/load.sql": "select 1 as n\n",
    "flows/.env.local": "TOKEN=abc\n",
    "src/rate.ts": 'import large from "./large.json";\nexport const rate = large.length;\n',
    "src/large.json": JSON.stringify("x".repeat(600_000)),
    "src/unused.ts": "export const nobody = 1;\n",
  });
  const { version, diagnostics } = await buildVersion(project, { store });
  expect(diagnostics).toEqual([]);
  const sources = await store.sources.list(version as never);
  expect(sources.map(({ path: name, module, imports, leftOut }) => ({ name, module, imports, leftOut }))).toEqual([
    { name: "flows/.env.local", module: null, imports: [], leftOut: "secret" },
    { name: "flows/load.sql", module: null, imports: [], leftOut: null },
    { name: "flows/load.ts", module: "flows.load.mjs", imports: [], leftOut: null },
    { name: "flows/orders.ts", module: "flows.orders.mjs", imports: ["src/rate.ts"], leftOut: null },
    { name: "millrace.config.ts", module: "config.mjs", imports: [], leftOut: null },
    { name: "src/large.json", module: null, imports: [], leftOut: "too_large" },
    { name: "src/rate.ts", module: null, imports: ["src/large.json"], leftOut: null },
  ]);
  const rate = sources.find(({ path: name }) => name === "src/rate.ts");
  const text = await store.sources.read(rate?.hash ?? "");
  expect(Buffer.from(text ?? []).toString()).toBe(readFileSync(path.join(dir, "src/rate.ts"), "utf8"));
});

test("a text is kept once for all versions that have it", async () => {
  const { dir, project, store } = await open({
    "flows/orders.ts": flowText("orders"),
    "flows/users.ts": flowText("users"),
  });
  const before = await buildVersion(project, { store });
  writeProjectFiles(dir, { "flows/users.ts": flowText("users", "2") });
  const after = await buildVersion(project, { store });
  expect(after.version).not.toBe(before.version);
  const { tables } = await store.upkeep.status();
  // The configuration, one flow, and two texts of the other.
  expect(tables.find(({ name }) => name === "source")?.rows).toBe(4);
  expect(tables.find(({ name }) => name === "version_source")?.rows).toBe(6);
});

test("a version that was built without a store gets its files when it is kept", async () => {
  const { dir, project, store } = await open({ "flows/orders.ts": flowText("orders") });
  const version = (await buildVersion(project)).version;
  writeFileSync(path.join(dir, "notes.txt"), "no source\n");
  expect((await buildVersion(project, { store })).version).toBe(version);
  expect(await store.sources.list(version as never)).toHaveLength(2);
});
