import path from "node:path";
import { describe, expect, test } from "vitest";
import { listFiles, listPackages, type PackageJson, readPackage, readText } from "./repository.ts";

const packages = listPackages("packages");
const examples = listPackages("examples");
const layers = JSON.parse(readText("layers.json")) as Record<string, readonly string[]>;
const { version } = readPackage(".");

function dependencies(manifest: PackageJson): [string, string][] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
}

describe("the workspace", () => {
  test("has one version", () => {
    const others = [...packages, ...examples].filter((folder) => readPackage(folder).version !== version);
    expect(others).toEqual([]);
  });

  test("has one licence", () => {
    expect(packages.filter((folder) => readPackage(folder).license !== "Apache-2.0")).toEqual([]);
    expect(readText("LICENSE")).toContain("Apache License");
  });

  test("pins every dependency exactly, so that the same commit is the same program", () => {
    const loose = [".", ...packages, ...examples].flatMap((folder) =>
      dependencies(readPackage(folder))
        .filter(([, range]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range))
        .map(([name, range]) => `${folder}: ${name} ${range}`),
    );
    expect(loose).toEqual([]);
  });

  test("lists every package in the layer table", () => {
    expect(packages.map((folder) => path.basename(folder)).filter((name) => layers[name] === undefined)).toEqual([]);
  });

  test("lets a package depend only on what its layer may import", () => {
    const names = new Map(packages.map((folder) => [readPackage(folder).name, path.basename(folder)]));
    const wrong = packages.flatMap((folder) => {
      const manifest = readPackage(folder);
      const inner = dependencies({
        ...manifest,
        devDependencies: manifest.private ? {} : (manifest.devDependencies ?? {}),
      })
        .map(([name]) => names.get(name))
        .filter((name) => name !== undefined);
      const allowed = layers[path.basename(folder)] ?? [];
      return inner.filter((name) => !allowed.includes(name)).map((name) => `${folder} depends on ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test("gives every package a compiler configuration", () => {
    const configured = listFiles(/^packages\/[^/]+\/tsconfig\.json$/).map((file) => path.dirname(file));
    expect(packages.filter((folder) => !configured.includes(folder))).toEqual([]);
  });
});

describe("the documents", () => {
  test("number the decisions without gaps, each with its context, its choice and what it costs", () => {
    const records = listFiles(/^docs\/decisions\/.*\.md$/);
    const numbers = records.map((file) => path.basename(file).slice(0, 5));
    expect(numbers).toEqual(records.map((_file, index) => `${String(index + 1).padStart(4, "0")}-`));
    for (const record of records) {
      expect(readText(record), record).toMatch(
        /^# .+\n[\s\S]*^## Context\n[\s\S]*^## Choice\n[\s\S]*^## What it costs\n/m,
      );
    }
  });

  test("name no path of somebody's machine", () => {
    const MACHINE_PATH = /(?:^|[\s"'`(=:])\/(?:work|home|root|Users)\/[\w.-]+/m;
    const text = listFiles(/\.(?:ts|tsx|js|mjs|json|md|sh|yml|yaml|sql|toml|py)$/);
    expect(text.filter((file) => MACHINE_PATH.test(readText(file)))).toEqual([]);
  });

  test("tell users about this version", () => {
    expect(readText("CHANGELOG.md")).toContain(`## ${version}`);
  });

  test("are all there", () => {
    const wanted = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    expect(listFiles(/^[^/]+\.md$/)).toEqual(expect.arrayContaining(wanted));
  });
});
