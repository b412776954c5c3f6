// What is killed: a project and a command line, and what must come of it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { MILLRACE_MODULE, ROOT } from "../setup/installed.ts";
import { expectedTotal } from "./fixtures/mill.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Trial {
  readonly name: string;
  /** Of `millrace`. */
  readonly args: readonly string[];
  /** Several runs of it may be under way in one project. */
  readonly mayRunTwice: boolean;
  /** One command that takes longer hangs, in milliseconds. */
  readonly limitMs: number;
  /** Makes the project in an empty folder. */
  prepare(dir: string): void;
  /** What is wrong with the results, at the end. */
  check(dir: string, snapshot: Snapshot): readonly string[];
}

const FIXTURES = path.join(import.meta.dirname, "fixtures");

/** The project of the generated flow. */
export function millFiles(workers: number): Readonly<Record<string, string>> {
  const config = `defineConfig({ workers: ${workers}, pools: { few: 2 } })`;
  return {
    "flows/mill.ts": readFileSync(path.join(FIXTURES, "mill.ts"), "utf8"),
    "millrace.config.ts": `import { defineConfig } from "millrace";\nexport default ${config};\n`,
    "package.json": '{ "name": "durability", "private": true, "type": "module" }',
  };
}

/** The generated flow with so many items in its map, and about 100 task runs beside them. */
export function millTrial(items: number): Trial {
  return {
    name: `mill of ${items}`,
    args: ["run", "mill", "--param", `items=${items}`],
    mayRunTwice: true,
    limitMs: 60_000,
    prepare(dir) {
      mkdirSync(path.join(dir, "flows"));
      cpSync(path.join(FIXTURES, "mill.ts"), path.join(dir, "flows/mill.ts"));
      const config =
        'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 3, pools: { few: 2 } });\n';
      writeFileSync(path.join(dir, "millrace.config.ts"), config);
      writeFileSync(path.join(dir, "package.json"), '{ "name": "durability", "private": true, "type": "module" }');
      install(dir, { zod: path.join(ROOT, "node_modules/zod") });
    },
    check(_, { runs }) {
      const mills = runs.filter(({ run }) => run.flow === "mill");
      const wrong = mills.filter(({ output }) => output !== String(expectedTotal(items)));
      return wrong.map(({ run, output }) => `run ${run.id} gave ${output}, not ${expectedTotal(items)}`);
    },
  };
}

/**
 * The demo as it is, on its own data or on fewer flights of it.
 *
 * @param datasets a folder with the files of `vega-datasets`, absolute.
 */
export function demoTrial(datasets: string): Trial {
  const demo = path.join(ROOT, "examples/flights");
  let expected: string | undefined;
  return {
    name: "demo",
    args: ["run", "flights", "--param", "airports=4"],
    mayRunTwice: false,
    limitMs: 240_000,
    prepare(dir) {
      for (const name of ["flows", "src", "sql", "millrace.config.ts", "package.json", "tsconfig.json"]) {
        cpSync(path.join(demo, name), path.join(dir, name), { recursive: true });
      }
      const { dependencies } = JSON.parse(readFileSync(path.join(demo, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
      };
      const names = Object.keys(dependencies).filter((name) => name !== "millrace");
      const installed = Object.fromEntries(names.map((name) => [name, path.join(ROOT, "node_modules", name)]));
      install(dir, { ...installed, "vega-datasets": datasets });
    },
    check(dir) {
      const file = path.join(dir, "out/airports.csv");
      if (!existsSync(path.join(dir, "out/report.html"))) return ["there is no report"];
      if (!existsSync(file)) return ["there is no airports.csv"];
      const airports = readFileSync(file, "utf8");
      expected ??= airports;
      return airports === expected ? [] : ["airports.csv is not that of the first run"];
    },
  };
}

/** Packages by name, and the one that journals in place of `millrace`. */
export function install(dir: string, packages: Readonly<Record<string, string>>): void {
  const modules = path.join(dir, "node_modules");
  for (const [name, target] of Object.entries(packages)) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(target, path.join(modules, name));
  }
  const journalled = path.join(modules, "millrace");
  mkdirSync(journalled, { recursive: true });
  // Written out, since types are not taken out of what is in `node_modules`, and since what it wraps may be published.
  const text = stripTypeScriptTypes(readFileSync(path.join(FIXTURES, "journalled-millrace.ts"), "utf8"));
  const wrapped = JSON.stringify(pathToFileURL(MILLRACE_MODULE).href);
  writeFileSync(path.join(journalled, "index.js"), text.replaceAll('"../../../packages/cli/src/index.ts"', wrapped));
  const manifest = { name: "millrace", version: "0.1.0", type: "module", exports: "./index.js" };
  writeFileSync(path.join(journalled, "package.json"), JSON.stringify(manifest));
}

/** A folder that stands for `vega-datasets`, with the given flights in place of its three million. */
export function shrunkenDatasets(dir: string, flights: string): string {
  const own = path.join(ROOT, "node_modules/vega-datasets");
  // Copied, not linked: the package is found by where its own file really is.
  for (const name of ["package.json", "build"]) cpSync(path.join(own, name), path.join(dir, name), { recursive: true });
  mkdirSync(path.join(dir, "data"));
  for (const name of readdirSync(path.join(own, "data"))) {
    if (name !== "flights-3m.parquet") symlinkSync(path.join(own, "data", name), path.join(dir, "data", name));
  }
  cpSync(flights, path.join(dir, "data/flights-3m.parquet"));
  return dir;
}
