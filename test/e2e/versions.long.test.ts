// Runs keep the code that they were made with; and repositories load as they are.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

/** What a run's tasks wrote to the console, in order. */
async function saidIn(project: TemporaryProject, run: unknown = "latest"): Promise<unknown[]> {
  const { records } = await project.run(["logs", String(run), "--json"]);
  return records.flatMap(({ source, text }) => (source === "console" ? [text] : []));
}

function runOf(records: readonly CliRecord[]): unknown {
  return records.at(-1)?.["run"];
}

const GATED = `import { existsSync, watch, writeFileSync } from "node:fs";
import { flow, shell, sql, task } from "millrace";
import { word } from "../src/word";
const gate = task("gate", async () => {
  const opened = new Promise<void>((resolve) => watch(".", () => existsSync("go") && resolve()));
  writeFileSync("waiting", "yes");
  if (!existsSync("go")) await opened;
});
const query = sql("query", { connection: "local", file: "./query.sql", returns: "first" });
const say = task("say", ({ row }: { row: unknown }) => {
  console.log(word, JSON.stringify(row));
  if (!existsSync("good")) throw new Error("not good yet");
});
export default flow("gated", () => {
  say({ row: query.after(gate())() });
});
`;
const LOCAL = `import { defineConfig, sqlite } from "millrace";
export default defineConfig({ workers: 2, connections: { local: sqlite({ path: "local.db" }) } });
`;

describe("a file that is saved in the middle of a run", () => {
  test("changes nothing in it, nor in a retry on the same version, and all in one on the current", async () => {
    const project = new TemporaryProject({
      "flows/gated.ts": GATED,
      "flows/query.sql": "select 'old' as query",
      "src/word.ts": "export const word = 'old';\n",
      "millrace.config.ts": LOCAL,
    });
    const running = project.start(["run", "gated", "--json"]);
    await project.untilFile("waiting");
    project.write("src/word.ts", "export const word = 'new';\n");
    project.write("flows/query.sql", "select 'new' as query");
    project.write("go", "");
    const { code, records } = await running.ended;
    expect(code).toBe(1);
    expect(await saidIn(project)).toEqual(['old {"query":"old"}']);
    project.write("good", "");
    const same = await project.run(["retry", String(runOf(records)), "--all", "--version", "same", "--json"]);
    expect(same.code).toBe(0);
    expect(await saidIn(project, runOf(same.records))).toEqual(['old {"query":"old"}']);
    const current = await project.run(["retry", String(runOf(records)), "--all", "--json"]);
    expect(current.code).toBe(0);
    expect(await saidIn(project, runOf(current.records))).toEqual(['new {"query":"new"}']);
  });
});

const MIXED = `import { DuckDBInstance } from "@duckdb/node-api";
import { flow, task } from "millrace";
import whole, { hidden } from "old-package";
import { modern } from "modern-package";
import { Kind, Size, Names } from "@/shapes";
import { near } from "../src/near";
import data from "../src/data.json";
import text from "./note.sql";
const native = task("native", async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  return (await connection.runAndReadAll("select 42 as n")).getRowObjects();
});
const look = task("look", ({ rows }: { rows: { n: number }[] }) =>
  console.log(JSON.stringify([hidden(2), whole.hidden(3), modern, Kind.A, Size.Large, Names.first, near, data.city, text.trim(), rows])),
);
export default flow("mixed", () => {
  look({ rows: native() });
});
`;

describe("a TypeScript repository that is there already", () => {
  test("loads and runs as it is: aliases, no extensions, enums, JSON, CommonJS, modules, native packages", async () => {
    const project = new TemporaryProject({
      "flows/mixed.ts": MIXED,
      "flows/note.sql": "select 1\n",
      "src/shapes.ts":
        "export const enum Kind { A = 7 }\nexport enum Size { Small, Large }\nexport namespace Names { export const first = 'Ada'; }\n",
      "src/near/index.ts": "export const near = 'near';\n",
      "src/data.json": '{ "city": "Ulm" }',
      "tsconfig.json": '{ /* as they are */ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      "node_modules/old-package/package.json": '{ "name": "old-package", "version": "1.0.0" }',
      "node_modules/old-package/index.js": 'for (const name of ["hidden"]) exports[name] = (n) => n * 10;\n',
      "node_modules/modern-package/package.json":
        '{ "name": "modern-package", "version": "1.0.0", "type": "module", "exports": { "import": "./m.js" } }',
      "node_modules/modern-package/m.js": "export const modern = await Promise.resolve('modern');\n",
      "package.json": '{ "name": "there-already" }',
    });
    const { code, stderr } = await project.run(["run", "mixed"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await saidIn(project)).toEqual([
      JSON.stringify([20, 30, "modern", 7, 1, "Ada", "near", "Ulm", "select 1", [{ n: 42 }]]),
    ]);
  });
});

const WIDE = `import { appendFileSync } from "node:fs";
import { flow, task } from "millrace";
import { z } from "zod";
const square = task("square", ({ n }: { n: number }) => n * n);
const sum = task("sum", ({ all }: { all: number[] }) => console.log("sum", all.length, all.reduce((a, b) => a + b, 0)));
const ask = task("ask", { cache: true }, ({ city }: { city: string; by: string }) => {
  appendFileSync("asked", city + "\\n");
  return city.length;
});
export default flow("wide", { params: z.object({ count: z.int().default(10), by: z.string().default("ada") }) }, ({ params }) => {
  const numbers = task("numbers", ({ count }: { count: number }) => Array.from({ length: count }, (_unused, n) => n));
  sum({ all: square.each(numbers({ count: params.count }), (n) => ({ n })) });
  ask.with({ cache: { key: ({ city }) => city } })({ city: "Ulm", by: params.by });
});
`;

describe("a large map, and a cache", () => {
  test("10,000 items are run once: a retry of what follows takes them over, and a key of one's own holds", async () => {
    const project = new TemporaryProject({ "flows/wide.ts": WIDE });
    const { code, stdout } = await project.run(["run", "wide", "-p", "count=10000", "--workers", "8"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/progress +square\[\] 5000\/10000/);
    expect(stdout).toContain("10003 success");
    expect(await saidIn(project)).toEqual(["sum 10000 333283335000"]);
    const retried = await project.run(["retry", "latest", "--task", "sum", "--json"]);
    expect(retried.records.filter(({ type }) => type === "task.started").map(({ task }) => task)).toEqual(["sum"]);
    expect(await saidIn(project)).toEqual(["sum 10000 333283335000"]);
    const again = await project.run(["run", "wide", "-p", "by=grace", "--json"]);
    const cached = again.records.filter((record) => record["cached"] === true);
    expect(cached.map(({ task }) => task)).toEqual(["ask"]);
    expect(readFileSync(project.path("asked"), "utf8")).toBe("Ulm\n");
  });
});
