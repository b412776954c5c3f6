import type { TaskNodeSpec, TaskPolicies } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { type FlowOptions, flow, type TaskOptions, task } from "../src/index.ts";
import { refused } from "./refused.ts";

function resolved(options: TaskOptions, flowOptions: FlowOptions<unknown, unknown> = {}): TaskNodeSpec {
  const { spec } = flow("policies", flowOptions, () => task("work", options, () => 1)());
  return spec.nodes[0] as TaskNodeSpec;
}

const DEFAULTS: TaskPolicies = {
  retries: { limit: 0, delay: { kind: "fixed", ms: 1_000 }, maxMs: null, jitter: 0, conditional: false },
  timeoutMs: null,
  totalTimeoutMs: null,
  cache: null,
  pools: [],
  concurrency: null,
  concurrencyKey: null,
  rateLimit: null,
  rateLimitKey: null,
  resources: null,
  priority: 0,
  isolation: "shared",
  onLost: "retry",
  graceMs: 10_000,
  memoryBytes: null,
};

describe("policies of a task", () => {
  test("have defaults", () => {
    expect(resolved({}).policies).toEqual(DEFAULTS);
    expect(Object.isFrozen(resolved({}).policies)).toBe(true);
  });

  test("are read into their final units", () => {
    expect(
      resolved({
        timeout: "10m",
        totalTimeout: "1h30m",
        cache: { expires: "7d", salt: "v2" },
        pool: ["db", { name: "api", slots: 2 }, "db"],
        concurrency: 4,
        priority: -1,
        isolation: "process",
        onLost: "fail",
        grace: "500ms",
        memory: "512MiB",
        workers: { gpu: "a100" },
      }).policies,
    ).toEqual({
      ...DEFAULTS,
      timeoutMs: 600_000,
      totalTimeoutMs: 5_400_000,
      cache: { expiresMs: 604_800_000, customKey: false, salt: "v2" },
      pools: [
        { pool: "db", slots: 2 },
        { pool: "api", slots: 2 },
      ],
      concurrency: 4,
      priority: -1,
      isolation: "process",
      onLost: "fail",
      graceMs: 500,
      memoryBytes: 512 * 1024 ** 2,
      workers: { gpu: "a100" },
    });
    expect(resolved({ cache: true }).policies.cache).toEqual({ expiresMs: null, customKey: false, salt: "" });
    expect(resolved({ cache: false }).policies.cache).toBeNull();
  });

  const usual = { delay: { kind: "exponential", ms: 1_000, factor: 2 }, maxMs: 300_000, jitter: 0.1 };
  const plain = { maxMs: null, jitter: 0, conditional: false };
  test.each([
    [3, { ...usual, limit: 3, conditional: false }],
    [{ limit: 3 }, { ...usual, limit: 3, conditional: false }],
    [
      { limit: 2, max: "1m", jitter: 0 },
      { ...usual, limit: 2, maxMs: 60_000, jitter: 0, conditional: false },
    ],
    [
      { limit: 3, delay: "1s" },
      { ...plain, limit: 3, delay: { kind: "fixed", ms: 1_000 } },
    ],
    [
      { limit: 3, backoff: "fixed" },
      { ...plain, limit: 3, delay: { kind: "fixed", ms: 1_000 } },
    ],
    [{ delays: ["1s", "2s"] }, { ...plain, limit: 2, delay: { kind: "list", ms: [1_000, 2_000] } }],
    [
      { limit: 5, delays: ["1s"] },
      { ...plain, limit: 5, delay: { kind: "list", ms: [1_000] } },
    ],
    [
      { limit: 4, backoff: "exponential", delay: "2s", factor: 3, max: "1h", jitter: 0.5, when: () => true },
      {
        limit: 4,
        delay: { kind: "exponential", ms: 2_000, factor: 3 },
        maxMs: 3_600_000,
        jitter: 0.5,
        conditional: true,
      },
    ],
  ] satisfies [TaskOptions["retries"], unknown][])("retries: %j", (retries, expected) => {
    expect(resolved({ retries }).policies.retries).toEqual(expected);
  });

  test("come from the flow, the task and the placement, the nearest first", () => {
    const options = { retries: 2, pool: "shared", owner: "data", priority: 7 };
    const work = task("work", { retries: 1, timeout: "1m" }, () => 1);
    const { spec } = flow("defaults", options, () => {
      task("plain", () => 1)();
      work();
      work.named("placed").with({ retries: 0, pool: [], owner: "me" })();
    });
    const nodes = spec.nodes as readonly TaskNodeSpec[];
    expect(nodes.map(({ policies }) => policies.retries.limit)).toEqual([2, 1, 0]);
    expect(nodes.map(({ policies }) => policies.pools.map(({ pool }) => pool))).toEqual([["shared"], ["shared"], []]);
    expect(nodes.map(({ policies }) => policies.timeoutMs)).toEqual([null, 60_000, 60_000]);
    expect(nodes.map(({ owner }) => owner)).toEqual(["data", "data", "me"]);
    expect(nodes.map(({ policies }) => policies.priority)).toEqual([0, 0, 0]);
    expect(spec.policies.priority).toBe(7);
  });

  test.each([
    ["a negative timeout", { timeout: "-5s" }, "timeout"],
    ["a negative timeout in milliseconds", { timeout: -1 }, "timeout"],
    ["no time at all", { timeout: 0 }, "timeout"],
    ["a duration without a unit", { totalTimeout: "10" }, "totalTimeout"],
    ["a negative number of retries", { retries: -1 }, "retries"],
    ["half a retry", { retries: { limit: 0.5 } }, "retries"],
    ["a jitter over 1", { retries: { jitter: 2 } }, "jitter"],
    ["a shrinking backoff", { retries: { backoff: "exponential", factor: 0.5 } }, "factor"],
    ["a factor of fixed delays", { retries: { delay: "1s", factor: 2 } }, "factor"],
    ["no delays", { retries: { delays: [] } }, "delays"],
    ["delays beside a delay", { retries: { delays: ["1s"], delay: "1s" } }, "delays"],
    ["an unknown part of retries", { retries: { times: 3 } }, "times"],
    ["retries in words", { retries: "often" }, "retries"],
    ["an unknown backoff", { retries: { backoff: "linear" } }, "backoff"],
    ["a condition that is none", { retries: { when: true } }, "when"],
    ["no concurrency", { concurrency: 0 }, "concurrency"],
    ["a priority between", { priority: 1.5 }, "priority"],
    ["a pool without a name", { pool: "" }, "pool"],
    ["half a slot", { pool: { name: "db", slots: 0.5 } }, "pool"],
    ["an unknown isolation", { isolation: "thread" }, "isolation"],
    ["an unknown onLost", { onLost: "ignore" }, "onLost"],
    ["a negative grace", { grace: "-1s" }, "grace"],
    ["memory without a unit", { memory: "512" }, "memory"],
    ["workers as a text", { workers: "gpu" }, "workers"],
    ["a label that is none", { workers: { gpu: "two words" } }, "workers"],
    ["a cache of text", { cache: "yes" }, "cache"],
    ["tags that are none", { tags: "a" }, "tags"],
    ["docs that are none", { docs: 1 }, "docs"],
    ["a hook that is none", { onFailure: "mail" }, "onFailure"],
    ["an unknown option", { retry: 3 }, "retry"],
  ])("%s is refused by name and place", (_what, options, name) => {
    const error = refused(() => task("work", options as TaskOptions, () => 1));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain(name);
    expect(error.message).toContain('task "work"');
    expect(error.message).toMatch(/\(packages\/sdk\/test\/policies\.test\.ts:\d+:\d+\)$/);
    expect(error.frame).toContain('task("work", options as TaskOptions, () => 1)');
    const work = task("work", () => 1);
    expect(refused(() => work.with(options as TaskOptions)).code).toBe("INVALID_OPTION");
  });

  test("of a mapped task include the most items", () => {
    expect(refused(() => task("work", () => 1).with({ maxItems: 0 })).message).toContain("maxItems");
  });
});
