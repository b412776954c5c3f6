import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cruise, type IConfiguration } from "dependency-cruiser";
import { afterAll, describe, expect, test } from "vitest";
import { listPackages } from "./repository.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

// A small workspace beside the real one: its packages have our names and manifests, and sources that break the rules.
const workspace = mkdtempSync(path.join(tmpdir(), "millrace-layers-"));
for (const file of [".dependency-cruiser.mjs", "layers.json"]) {
  cpSync(path.join(ROOT, file), path.join(workspace, file));
}
mkdirSync(path.join(workspace, "node_modules/@millrace"), { recursive: true });
symlinkSync(path.join(ROOT, "node_modules/kysely"), path.join(workspace, "node_modules/kysely"));
for (const folder of listPackages("packages")) {
  mkdirSync(path.join(workspace, folder, "src"), { recursive: true });
  cpSync(path.join(ROOT, folder, "package.json"), path.join(workspace, folder, "package.json"));
  writeFileSync(path.join(workspace, folder, "src/index.ts"), "export {};\n");
  const name = path.basename(folder);
  symlinkSync(path.join(workspace, folder), path.join(workspace, "node_modules/@millrace", name));
}

afterAll(() => rmSync(workspace, { recursive: true }));

/** Writes the sources, cruises them with our rules, and gives the names of the rules that refused something. */
async function refusals(sources: Readonly<Record<string, string>>): Promise<string[]> {
  const files = Object.keys(sources);
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(path.join(workspace, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(workspace, file), text);
  }
  const { default: config } = (await import(path.join(workspace, ".dependency-cruiser.mjs"))) as {
    default: IConfiguration;
  };
  const { options, ...ruleSet } = config;
  const { output } = await cruise(
    files,
    { ...options, baseDir: workspace, validate: true, ruleSet },
    options?.enhancedResolveOptions as never,
  );
  for (const file of files) rmSync(path.join(workspace, file));
  if (typeof output === "string") throw new Error("dependency-cruiser gave text where its result was asked for");
  return [...new Set(output.summary.violations.map(({ rule }) => rule.name))].sort();
}

const types = (specifier: string): string => `import type {} from "${specifier}";\n`;

describe("the gate on imports", () => {
  test("lets a package import what its layer may", async () => {
    const sources = {
      "packages/engine/src/a.ts": types("@millrace/core"),
      "packages/store/src/a.ts": types("@millrace/core") + types("kysely"),
      "packages/server/src/a.ts": types("@millrace/engine") + types("node:http"),
    };
    expect(await refusals(sources)).toEqual([]);
  });

  test.each([
    ["a package that the layer may not import", "engine", types("@millrace/store"), "engine-imports-only-its-layer"],
    ["a step over the wall", "engine", types("../../core/src/index.ts"), "by-name-not-by-path"],
    ["Kysely outside store", "engine", types("kysely"), "kysely-only-in-store"],
    ["Kysely at run time", "server", 'import { sql } from "kysely";\nexport { sql };\n', "kysely-only-in-store"],
    ["Node in core", "core", types("node:fs"), "core-needs-nothing"],
    ["an import that leads nowhere", "engine", types("./nothing.ts"), "everything-resolves"],
  ])("refuses %s", async (_name, folder, text, rule) => {
    expect(await refusals({ [`packages/${folder}/src/a.ts`]: text })).toContain(rule);
  });

  test("refuses a ring, even of types", async () => {
    const sources = { "packages/sdk/src/a.ts": types("./b.ts"), "packages/sdk/src/b.ts": types("./a.ts") };
    expect(await refusals(sources)).toEqual(["no-rings"]);
  });

  test("refuses a file behind another package's front door", async () => {
    const sources = { "packages/core/src/a.ts": "export {};\n", "packages/sdk/src/a.ts": types("../../core/src/a.ts") };
    expect(await refusals(sources)).toContain("through-the-front-door");
  });
});
