import { describe, expect, test } from "vitest";
import { flow, type TaskOptions, task } from "../src/index.ts";
import { refused } from "./refused.ts";

function policiesOf(options: TaskOptions) {
  const made = flow("limits", () => {
    task("work", options, () => 1)();
  });
  const [node] = made.spec.nodes;
  if (node?.kind !== "task") throw new Error("no task");
  return { made, policies: node.policies };
}

describe("limits of a task", () => {
  test("are none unless it says so", () => {
    expect(policiesOf({}).policies).toMatchObject({
      concurrency: null,
      concurrencyKey: null,
      rateLimit: null,
      rateLimitKey: null,
      resources: null,
    });
  });

  test("have a key that is made from the parameters, once for all tasks that share its function", () => {
    const key = ({ shop }: { shop: string }) => shop;
    const one = task("one", { concurrency: { key } }, () => 1);
    const two = task("two", { concurrency: { limit: 3, key }, rateLimit: { limit: 5, per: "1s", key } }, () => 2);
    const three = task("three", { rateLimit: { limit: 5, per: "1s", key: () => 7 } }, () => 3);
    const made = flow("keyed", () => {
      one();
      two();
      three();
    });
    expect(made.spec.policies.taskKeys).toBe(2);
    expect(made.taskKeys?.({ shop: "eu" })).toEqual(["eu", "7"]);
    expect(made.spec.nodes.map((node) => node.kind === "task" && node.policies)).toMatchObject([
      { concurrency: 1, concurrencyKey: 0, rateLimitKey: null },
      { concurrency: 3, concurrencyKey: 0, rateLimitKey: 0 },
      { concurrency: null, rateLimitKey: 1 },
    ]);
  });

  test("refuse a key that is no text", () => {
    const { made } = policiesOf({ concurrency: { key: () => undefined as never } });
    expect(refused(() => made.taskKeys?.({})).message).toContain("gave undefined");
  });

  test("are in their final units", () => {
    const { policies } = policiesOf({
      rateLimit: { limit: 10, per: "1m" },
      resources: { cpu: 0.0001, memory: "512MB" },
    });
    expect(policies.rateLimit).toEqual({ limit: 10, perMs: 60_000, burst: 10 });
    expect(policies.resources).toEqual({ cpuMillis: 1, memoryBytes: 512_000_000 });
    expect(policiesOf({ rateLimit: { limit: 10, per: "1m", burst: 1 } }).policies.rateLimit?.burst).toBe(1);
  });

  test.each<[string, unknown, string]>([
    ["no concurrency", { concurrency: 0 }, "concurrency"],
    ["a concurrency without a limit that counts", { concurrency: { limit: 0.5 } }, "limit"],
    ["a key that is a text", { concurrency: { key: "shop" } }, "key"],
    ["an unknown part", { concurrency: { limt: 2 } }, "limt"],
    ["a rate that is a number", { rateLimit: 10 }, "rateLimit"],
    ["a rate in no time", { rateLimit: { limit: 1, per: 0 } }, "per"],
    ["a rate without a time", { rateLimit: { limit: 1 } }, "per"],
    ["no burst", { rateLimit: { limit: 1, per: "1s", burst: 0 } }, "burst"],
    ["less than no processors", { resources: { cpu: -1 } }, "cpu"],
    ["memory without a unit", { resources: { memory: "512" } }, "memory"],
    ["a resource there is not", { resources: { gpu: 1 } }, "gpu"],
  ])("refuse %s", (_what, options, name) => {
    const error = refused(() => task("work", options as TaskOptions, () => 1));
    expect(error.code).toBe("INVALID_OPTION");
    expect(`${error.message} ${error.hint}`).toContain(name);
  });
});
