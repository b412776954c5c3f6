import { compileFlow, decode, type FlowSpec, type TaskNodeSpec, type Template } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { defineTask, flow, type TaskContext, task, type } from "../src/index.ts";

const extract = task("extract", ({ region }: { region: string }) => [{ id: region, total: 1 }]);
const clean = task("clean", ({ orders }: { orders: { id: string; total: number }[] }) => orders);
const report = task("report", (input: { parts: unknown; title?: string }) => input.title);
const ping = task("ping", () => "pong");

function taskNode(spec: FlowSpec, id: string): TaskNodeSpec {
  const node = spec.nodes.find((each) => each.id === id);
  if (node?.kind !== "task") throw new Error(`there is no task ${id}`);
  return node;
}

function constant(template: Template): unknown {
  if (template.kind !== "value") throw new Error(`a ${template.kind} is no constant`);
  return decode(template.text);
}

describe("placing tasks", () => {
  test("records nodes in the order of the calls, with their inputs", () => {
    const { spec } = flow("orders", () => {
      const orders = extract({ region: "eu" });
      clean({ orders });
      report({ parts: [orders[0]?.id, { deep: orders, n: 1 }], title: "all" });
    });
    expect(spec.nodes.map(({ id }) => id)).toEqual(["extract", "clean", "report"]);
    expect(constant(taskNode(spec, "extract").input)).toEqual({ region: "eu" });
    expect(taskNode(spec, "clean").input).toEqual({
      kind: "record",
      fields: { orders: { kind: "output", node: 0, path: [] } },
    });
    expect(taskNode(spec, "report").input).toEqual({
      kind: "record",
      fields: {
        parts: {
          kind: "list",
          items: [
            { kind: "output", node: 0, path: [0, "id"] },
            {
              kind: "record",
              fields: { deep: { kind: "output", node: 0, path: [] }, n: { kind: "value", text: "1" } },
            },
          ],
        },
        title: { kind: "value", text: '"all"' },
      },
    });
    expect(compileFlow(spec).ok).toBe(true);
  });

  test("keeps constants that JSON cannot hold", () => {
    const when = new Date("2026-01-01");
    const { spec } = flow("constants", () => report({ parts: { when, ids: new Set([1n]) } }));
    expect(constant(taskNode(spec, "report").input)).toEqual({ parts: { when, ids: new Set([1n]) } });
  });

  test("gives a task without input an empty object", () => {
    const { spec } = flow("empty-input", () => ping());
    expect(constant(taskNode(spec, "ping").input)).toEqual({});
  });

  test("takes names, waits and policies before the call, each time as a new task", () => {
    const { spec } = flow("shaped", () => {
      const audit = ping();
      const us = extract.named("us").after(audit).with({ pool: "us", priority: 5 });
      us({ region: "us" });
      us.named("us-again").with({ priority: 1 })({ region: "us" });
      extract({ region: "eu" });
    });
    expect(taskNode(spec, "us").after).toEqual([0]);
    expect(taskNode(spec, "us").policies).toMatchObject({ priority: 5, pools: [{ pool: "us", slots: 1 }] });
    expect(taskNode(spec, "us-again").policies).toMatchObject({ priority: 1, pools: [{ pool: "us", slots: 1 }] });
    expect(taskNode(spec, "extract")).toMatchObject({ after: [], policies: { priority: 0, pools: [] } });
  });

  test("waits for each upstream once", () => {
    const { spec } = flow("once", () => {
      const pong = ping();
      extract.after(pong, pong).after(pong)({ region: "eu" });
    });
    expect(taskNode(spec, "extract").after).toEqual([0]);
  });

  test("says where each call stands", () => {
    const { spec } = flow("places", () => {
      ping();
      extract({ region: "eu" });
    });
    const [first, second] = spec.nodes.map(({ place }) => place);
    expect(first?.file).toBe("packages/sdk/test/placing.test.ts");
    expect(second).toEqual({ file: first?.file, line: (first?.line ?? 0) + 1, column: first?.column });
    expect(spec.place?.line).toBe((first?.line ?? 0) - 1);
  });

  test("keeps the functions by node", async () => {
    const seen: unknown[] = [];
    const hook = (): void => {};
    const work = task("work", { onFailure: hook, retries: { limit: 1, when: () => false } }, (input: { n: number }) => {
      seen.push(input);
      return input.n + 1;
    });
    const definition = flow("functions", () => {
      ping();
      work.with({ cache: { key: ({ n }) => `n${n}` }, onSuccess: hook })({ n: 1 });
    });
    const handlers = definition.handlers[1];
    expect(await handlers?.run({ n: 4 }, {} as TaskContext)).toBe(5);
    expect(seen).toEqual([{ n: 4 }]);
    expect(handlers?.retryWhen?.(new Error("no"))).toBe(false);
    expect(handlers?.cacheKey?.({ n: 7 })).toBe("n7");
    expect(handlers?.hooks).toEqual({ success: hook, failure: hook });
    expect(taskNode(definition.spec, "work")).toMatchObject({
      hooks: ["success", "failure"],
      policies: { cache: { customKey: true }, retries: { conditional: true } },
    });
  });

  test("places tasks of any kind", () => {
    const kind = defineTask<{ n: number }, string>({
      name: "kind",
      taskKind: "mine",
      options: { description: "what it does", tags: ["a"] },
      details: { file: "flows/load.sql" },
      files: ["flows/load.sql"],
      connections: ["warehouse"],
      pools: [{ pool: "connection:warehouse", slots: 1 }],
      input: type<{ n: number }>(),
      run: ({ n }) => String(n),
    });
    const { spec } = flow("kinds", () => {
      kind({ n: 1 });
      kind.named("own").with({ pool: ["x", { name: "connection:warehouse", slots: 2 }] })({ n: 1 });
    });
    expect(spec.connections).toEqual(["warehouse"]);
    expect(taskNode(spec, "kind")).toMatchObject({
      taskKind: "mine",
      description: "what it does",
      tags: ["a"],
      details: { file: "flows/load.sql" },
      files: ["flows/load.sql"],
      policies: { pools: [{ pool: "connection:warehouse", slots: 1 }] },
    });
    expect(taskNode(spec, "own").policies.pools).toEqual([
      { pool: "x", slots: 1 },
      { pool: "connection:warehouse", slots: 2 },
    ]);
  });

  test("gives a task's work to unit tests", async () => {
    expect(await extract.run({ region: "eu" }, {} as TaskContext)).toEqual([{ id: "eu", total: 1 }]);
  });

  test("survives being recorded as JSON", () => {
    const { spec } = flow("json", () => clean({ orders: extract({ region: "eu" }) }));
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  test("records ten thousand tasks and their places", () => {
    const { spec } = flow("large", () => {
      let last = extract({ region: "eu" });
      for (let count = 1; count < 10_000; count += 1) last = clean.named(`clean-${count}`)({ orders: last });
    });
    expect(spec.nodes).toHaveLength(10_000);
    expect(spec.nodes.at(-1)?.place?.file).toBe("packages/sdk/test/placing.test.ts");
    expect(compileFlow(spec).ok).toBe(true);
  });
});
