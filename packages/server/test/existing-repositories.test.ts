import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { type ProjectOptions, tellingFlow, temporaryProject, writeProjectFiles } from "./temporary-project.ts";

/** What the flow `telling` of a project says when it is loaded. */
async function told(files: Record<string, string>, options?: ProjectOptions): Promise<unknown> {
  return await toldBy(temporaryProject(files, options));
}

async function toldBy(dir: string): Promise<unknown> {
  const { flows, diagnostics } = await buildVersion(openProject(dir, {}));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return JSON.parse(flows.find(({ spec }) => spec.name === "telling")?.spec.description ?? "null");
}

test("path aliases of tsconfig.json, with comments and extended, and imports without extensions", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[shop, near, far]", [
      'import { shop } from "@/shop";',
      'import { near } from "../src/near";',
      'import { far } from "~deep/far";',
    ]),
    "src/shop.ts": "import { near } from \"./near\";\nexport const shop = 'shop ' + near;\n",
    "src/near.ts": 'export const near = "near";\n',
    "src/deep/far/index.ts": 'export const far = "far";\n',
    "tsconfig.json": '{ "extends": "./tsconfig.base.json" }',
    "tsconfig.base.json":
      '{ /* aliases */ "compilerOptions": { "paths": { "@/*": ["./src/*"], "~deep/*": ["./src/deep/*"] } } }',
  });
  expect(answer).toEqual(["shop near", "near", "far"]);
});

test("enums, namespaces, parameter properties and decorators", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[Size.Large, Names.first, new Box(3).width, log]", [
      'import { Box, log, Names, Size } from "../src/box";',
    ]),
    "src/box.ts": [
      "export const enum Kind { A = 1 }",
      "export enum Size { Small, Large }",
      'export namespace Names { export const first = "Ada"; }',
      "export const log: string[] = [];",
      "function logged(target: object, name: string) { log.push(name); }",
      "export class Box {",
      "  constructor(readonly width: number) {}",
      "  @logged open(): number { return Kind.A; }",
      "}",
    ].join("\n"),
    "tsconfig.json": '{ "compilerOptions": { "experimentalDecorators": true } }',
  });
  expect(answer).toEqual([1, "Ada", 3, ["open"]]);
});

test("standard decorators", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("new Box().open()", [
      "function twice(run: () => number) { return () => 2 * run(); }",
      "class Box { @twice open(): number { return 21; } }",
    ]),
  });
  expect(answer).toBe(42);
});

test("JSON, text and SQL files that are imported", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[data.city, query]", [
      'import data from "../data.json";',
      'import query from "./q.sql";',
    ]),
    "data.json": '{ "city": "Ulm" }',
    "flows/q.sql": "select 1",
  });
  expect(answer).toEqual(["Ulm", "select 1"]);
});

test("CommonJS packages by any name that they export, also by names that Node cannot see", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[hidden(2), whole.hidden(3), star.hidden(4), sub, fallback, data.a]", [
      'import whole, { hidden } from "old";',
      'import * as star from "old";',
      'import sub from "old/sub";',
      'import fallback from "compiled";',
      'import data from "old/data.json";',
    ]),
    "node_modules/old/package.json": '{ "name": "old", "version": "1.0.0" }',
    "node_modules/old/index.js": 'for (const name of ["hidden"]) exports[name] = (n) => n * 10;\n',
    "node_modules/old/sub.js": 'module.exports = "sub";\n',
    "node_modules/old/data.json": '{ "a": 1 }',
    "node_modules/compiled/package.json": '{ "name": "compiled", "main": "lib/main" }',
    "node_modules/compiled/lib/main.js":
      'Object.defineProperty(exports, "__esModule", { value: true });\nexports.default = "default of compiled";\n',
    // As `tsc` compiles such a repository.
    "package.json": '{ "name": "project" }',
  });
  expect(answer).toEqual([20, 30, 40, "sub", "default of compiled", 1]);
});

test("packages that are both: each flow gets the module", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[kind, deep]", [
      'import { kind } from "both";',
      'import { deep } from "both/parts/deep";',
    ]),
    "node_modules/both/package.json": JSON.stringify({
      name: "both",
      exports: {
        ".": { types: "./t.d.ts", require: "./index.cjs", import: "./index.mjs" },
        "./parts/*": { node: { import: "./esm/*.js", require: "./cjs/*.js" } },
      },
    }),
    "node_modules/both/index.mjs": 'export const kind = "module";\n',
    "node_modules/both/index.cjs": 'exports.kind = "commonjs";\n',
    "node_modules/both/esm/package.json": '{ "type": "module" }',
    "node_modules/both/esm/deep.js": 'export const deep = "deep module";\n',
    "node_modules/both/cjs/deep.js": 'exports.deep = "deep commonjs";\n',
  });
  expect(answer).toEqual(["module", "deep module"]);
});

test("CommonJS files of the project, and a project without a type", async () => {
  const answer = await told({
    "flows/telling.ts": tellingFlow("[old.name, old.sep, typeof load]", [
      'import old from "../src/old.cjs";',
      'import load = require("node:fs");',
    ]),
    "src/old.cjs": 'const { sep } = require("node:path");\nmodule.exports = { name: require("./name.cjs"), sep };\n',
    "src/name.cjs": 'module.exports = "old";\n',
    "package.json": '{ "name": "project" }',
  });
  expect(answer).toEqual(["old", path.sep, "object"]);
});

test("a native package stays outside and works", async () => {
  const answer = await told(
    {
      "flows/telling.ts": tellingFlow("typeof DuckDBInstance.create", [
        'import { DuckDBInstance } from "@duckdb/node-api";',
      ]),
    },
    { installed: ["@duckdb/node-api"] },
  );
  expect(answer).toBe("function");
});

test("packages of the same repository that are TypeScript come into the bundle, with what only they have", async () => {
  const root = temporaryProject({
    "packages/shared/package.json":
      '{ "name": "@shop/shared", "exports": { ".": "./src/index.ts", "./money": "./src/money.ts" } }',
    "packages/shared/src/index.ts":
      'import { tax } from "rates";\nexport enum Unit { Cent = 100 }\nexport const rate = tax;\n',
    "packages/shared/src/money.ts": 'export const money = "EUR";\n',
    "packages/shared/node_modules/rates/package.json": '{ "name": "rates", "type": "module", "exports": "./index.js" }',
    "packages/shared/node_modules/rates/index.js": "export const tax = 19;\n",
    "packages/built/package.json": '{ "name": "built", "type": "module", "exports": "./dist/index.js" }',
    "packages/built/dist/index.js": "export const built = import.meta.url.includes('packages/built');\n",
    "app/package.json": '{ "type": "module" }',
    "app/millrace.config.ts": 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n',
    "app/flows/telling.ts": tellingFlow("[Unit.Cent, rate, money, built]", [
      'import { rate, Unit } from "@shop/shared";',
      'import { money } from "@shop/shared/money";',
      'import { built } from "built";',
    ]),
  });
  mkdirSync(path.join(root, "node_modules/@shop"));
  symlinkSync("../../packages/shared", path.join(root, "node_modules/@shop/shared"));
  symlinkSync("../packages/built", path.join(root, "node_modules/built"));
  expect(await toldBy(path.join(root, "app"))).toEqual([100, 19, "EUR", true]);
});

test("modules find files beside their sources", async () => {
  const dir = temporaryProject({
    "flows/telling.ts": tellingFlow("[text, here, other]", [
      'import { readFileSync } from "node:fs";',
      'import { other } from "../src/über uns";',
      'const text = readFileSync(new URL("../data/a.txt", import.meta.url), "utf8");',
      "const here = import.meta.dirname;",
    ]),
    "src/über uns.ts": "export const other = [__filename, __dirname];\n",
    "data/a.txt": "beside",
  });
  const src = path.join(dir, "src");
  expect(await toldBy(dir)).toEqual(["beside", path.join(dir, "flows"), [path.join(src, "über uns.ts"), src]]);
});

test("flows where the configuration says they are, in JavaScript too", async () => {
  const dir = temporaryProject({
    "millrace.config.ts":
      'import { defineConfig } from "millrace";\nexport default defineConfig({ flows: ["pipes/*.js"], pools: { api: 2 }, workers: 3 });\n',
    "pipes/telling.js": tellingFlow('"here"', []),
    "flows/other.ts": "throw new Error('never loaded');\n",
  });
  const built = await buildVersion(openProject(dir, {}));
  expect(built.flows.map(({ spec }) => spec.name)).toEqual(["telling"]);
  expect(built.config).toMatchObject({ flows: ["pipes/*.js"], connections: {}, pools: { api: 2 }, workers: 3 });
});

test("a flow that another file passes on is one flow", async () => {
  const dir = temporaryProject({
    "flows/index.ts": 'export { default as telling } from "./telling";\n',
    "flows/telling.ts": tellingFlow("1", []),
  });
  writeProjectFiles(dir, {});
  expect(await toldBy(dir)).toBe(1);
});
