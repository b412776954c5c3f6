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
      server: { host: null, port: null, drainMs: null },
      retention: { maxAgeMs: null, maxRuns: null, keepFailedMs: null, flows: {}, cacheMs: null, reportsMs: null },
    });
  });

  test("says what of the past is kept, in milliseconds", () => {
    const day = 86_400_000;
    const { retention } = defineConfig({
      retention: {
        maxAge: "90d",
        maxRuns: 10_000,
        keepFailed: "1w",
        flows: { ticks: { maxAge: "1d", maxRuns: null } },
        reports: "2w",
      },
    });
    expect(retention).toEqual({
      maxAgeMs: 90 * day,
      maxRuns: 10_000,
      keepFailedMs: 7 * day,
      flows: { ticks: { maxAgeMs: day, maxRuns: null } },
      cacheMs: 90 * day,
      reportsMs: 14 * day,
    });
    expect(defineConfig({ retention: { maxAge: "1d", cache: null } }).retention).toMatchObject({ cacheMs: null });
    expect(defineConfig({ retention: { maxRuns: 5 } }).retention).toMatchObject({ maxAgeMs: null, cacheMs: null });
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

  test("says how a server works", () => {
    expect(defineConfig({ server: { port: 0, drain: "5m" } }).server).toEqual({
      host: null,
      port: 0,
      drainMs: 300_000,
    });
    expect(defineConfig({ server: { host: "::1" } }).server).toEqual({ host: "::1", port: null, drainMs: null });
  });

  test("is recognised, and nothing else is", () => {
    const config = defineConfig();
    expect(configOf(config)).toBe(config);
    for (const other of [undefined, null, {}, { flows: [] }, () => config]) expect(configOf(other)).toBeUndefined();
  });

  test.each([
    ["an unknown option", { flow: "flows/*.ts" }, "flow"],
    ["a server that is a number", { server: 7430 }, "server"],
    ["an unknown option of the server", { server: { prot: 1 } }, "prot"],
    ["a host that is none", { server: { host: "" } }, "host"],
    ["a port that is none", { server: { port: 70_000 } }, "port"],
    ["a drain that is no duration", { server: { drain: "long" } }, "drain"],
    ["no globs", { flows: [] }, "flows"],
    ["a glob that is none", { flows: [1] }, "flows"],
    ["a connection that is a text", { connections: { db: "postgres://localhost" } }, "db"],
    ["connections in a list", { connections: [] }, "connections"],
    ["a connection with an odd name", { connections: { "my db": { kind: "sqlite" } } }, "my db"],
    ["a pool with fewer than no slots", { pools: { api: -1 } }, "api"],
    ["a pool of which nobody says the slots", { pools: { api: { rateLimit: { limit: 1, per: "1s" } } } }, "api"],
    [
      "a rate of a pool with a key",
      { pools: { api: { slots: 1, rateLimit: { limit: 1, per: "1s", key: String } } } },
      "key",
    ],
    ["a rate without a time", { pools: { api: { slots: 1, rateLimit: { limit: 1 } } } }, "per"],
    ["no processors", { resources: { cpu: 0 } }, "cpu"],
    ["no memory", { resources: { memory: "0MB" } }, "memory"],
    ["no workers", { workers: 0 }, "workers"],
    ["retention that is a text", { retention: "90d" }, "retention"],
    ["an unknown limit", { retention: { maxage: "90d" } }, "maxage"],
    ["an age without a unit", { retention: { maxAge: "90" } }, "retention.maxAge"],
    ["no runs at all", { retention: { maxRuns: 0 } }, "retention.maxRuns"],
    ["a limit of a flow that only the whole can have", { retention: { flows: { a: { cache: "1d" } } } }, "cache"],
    ["a flow whose limits are none", { retention: { flows: { a: null } } }, 'retention.flows["a"]'],
  ])("refuses %s", (_what, options, name) => {
    const error = refused(() => defineConfig(options as ConfigOptions));
    expect(error.code).toBe("INVALID_CONFIG");
    expect(error.message).toContain(name);
    expect(error.message).toMatch(/\(packages\/sdk\/test\/config\.test\.ts:\d+:\d+\)$/);
    expect(error.hint).not.toBe("");
  });
});
