import { describe, expect, test } from "vitest";
import { type ConfigOptions, configOf, defineConfig } from "../src/index.ts";
import { refused } from "./refused.ts";

describe("the configuration of a project", () => {
  test("has defaults", () => {
    expect(defineConfig()).toMatchObject({
      flows: ["flows/**/*.{ts,js,mts,mjs}"],
      connections: {},
      pools: {},
      workers: null,
    });
  });

  test("is read and completed", () => {
    const warehouse = { kind: "duckdb", path: "data/warehouse.duckdb" };
    const config = defineConfig({
      flows: ["flows/*.ts", "more/*.mts"],
      connections: { warehouse },
      pools: { "shop-api": 4 },
      workers: 2,
    });
    expect(config).toMatchObject({
      flows: ["flows/*.ts", "more/*.mts"],
      connections: { warehouse },
      pools: { "shop-api": 4 },
      workers: 2,
    });
    expect(config.connections["warehouse"]).toBe(warehouse);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test("is recognised, and nothing else is", () => {
    const config = defineConfig();
    expect(configOf(config)).toBe(config);
    for (const other of [undefined, null, {}, { flows: [] }, () => config]) expect(configOf(other)).toBeUndefined();
  });

  test.each([
    ["an unknown option", { flow: "flows/*.ts" }, "flow"],
    ["no globs", { flows: [] }, "flows"],
    ["a glob that is none", { flows: [1] }, "flows"],
    ["a connection that is a text", { connections: { db: "postgres://localhost" } }, "db"],
    ["connections in a list", { connections: [] }, "connections"],
    ["a connection with an odd name", { connections: { "my db": { kind: "sqlite" } } }, "my db"],
    ["a pool without slots", { pools: { api: 0 } }, "api"],
    ["no workers", { workers: 0 }, "workers"],
  ])("refuses %s", (_what, options, name) => {
    const error = refused(() => defineConfig(options as ConfigOptions));
    expect(error.code).toBe("INVALID_CONFIG");
    expect(error.message).toContain(name);
    expect(error.message).toMatch(/\(packages\/sdk\/test\/config\.test\.ts:\d+:\d+\)$/);
    expect(error.hint).not.toBe("");
  });
});
