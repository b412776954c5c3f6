import { describe, expect, test } from "vitest";
import { z } from "zod";
import { definitionOf, flow, type HookFunction, type StandardSchema, task } from "../src/index.ts";
import { refused } from "./refused.ts";

const work = task("work", ({ region }: { region: string }) => ({ region, rows: 1 }));
const params = z.object({ region: z.enum(["eu", "us"]).default("eu"), days: z.coerce.number().int().optional() });

describe("flows", () => {
  test("are recognised, and nothing else is", () => {
    const made = flow("made", () => work({ region: "eu" }));
    expect(definitionOf(made)).toBe(made);
    // What another copy of the package has made carries the same mark.
    const foreign = { [Symbol.for("millrace.flow")]: true };
    expect(definitionOf(foreign)).toBe(foreign);
    for (const other of [work, null, undefined, {}, "made"]) expect(definitionOf(other)).toBeUndefined();
  });

  test("take all their options", () => {
    const hook: HookFunction = () => {};
    const made = flow(
      "team/daily",
      {
        description: "What it is for",
        docs: "# Daily",
        owner: "data",
        tags: ["daily"],
        timeout: "2h",
        concurrency: 2,
        priority: 3,
        onSuccess: hook,
        onFailure: hook,
      },
      () => work({ region: "eu" }),
    );
    expect(made.spec).toMatchObject({
      name: "team/daily",
      description: "What it is for",
      docs: "# Daily",
      owner: "data",
      tags: ["daily"],
      params: null,
      policies: {
        maxActiveRuns: 16,
        overlap: "queue",
        dependsOnPast: false,
        timeoutMs: 7_200_000,
        concurrency: 2,
        concurrencyKeyed: false,
        taskKeys: 0,
        priority: 3,
      },
      hooks: ["success", "failure"],
      connections: [],
    });
    expect(made.hooks).toEqual({ success: hook, failure: hook });
    expect(made.name).toBe("team/daily");
  });

  test("have defaults", () => {
    expect(flow("plain", () => work({ region: "eu" })).spec).toMatchObject({
      description: null,
      docs: null,
      owner: null,
      tags: [],
      policies: {
        maxActiveRuns: 16,
        overlap: "queue",
        dependsOnPast: false,
        timeoutMs: null,
        concurrency: null,
        concurrencyKeyed: false,
        taskKeys: 0,
        priority: 0,
      },
      hooks: [],
    });
  });

  test("give an output made of references", () => {
    const { spec } = flow("output", ({ params: given }) => {
      const done = work({ region: "eu" });
      return { rows: done.rows, all: [done], given, fixed: 1 };
    });
    expect(spec.output).toEqual({
      kind: "record",
      fields: {
        rows: { kind: "output", node: 0, path: ["rows"] },
        all: { kind: "list", items: [{ kind: "output", node: 0, path: [] }] },
        given: { kind: "params", path: [] },
        fixed: { kind: "value", text: "1" },
      },
    });
    expect(flow("none", () => void work({ region: "eu" })).spec.output).toBeNull();
  });

  test("may be defined while another is built", () => {
    let inner: ReturnType<typeof definitionOf>;
    const outer = flow("outer", () => {
      work({ region: "eu" });
      inner = flow("inner", () => work({ region: "us" }));
      work.named("more")({ region: "eu" });
    });
    expect(outer.spec.nodes.map(({ id }) => id)).toEqual(["work", "more"]);
    expect(inner?.spec.nodes.map(({ id }) => id)).toEqual(["work"]);
  });

  test.each([
    ["timeout", { timeout: "-1s" }],
    ["concurrency", { concurrency: 0 }],
    ["limit", { concurrency: { limit: -1 } }],
    ["key", { concurrency: { key: "region" } }],
    ["params", { params: { region: "string" } }],
    ["priority", { priority: "high" }],
    ["schedul", { schedul: "daily" }],
    ["retries", { retries: -1 }],
  ])("refuse a wrong %s", (name, options) => {
    const error = refused(() => flow("wrong", options as object, () => work({ region: "eu" })));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain(name);
    expect(error.message).toMatch(/\(packages\/sdk\/test\/flows\.test\.ts:\d+:\d+\)$/);
  });
});

describe("parameters", () => {
  const daily = flow("daily", { params, concurrency: { key: ({ region }) => region } }, ({ params: given }) => {
    work({ region: given.region });
  });

  test("are references", () => {
    expect(daily.spec.nodes[0]).toMatchObject({ input: { fields: { region: { kind: "params", path: ["region"] } } } });
  });

  test("are checked and completed", async () => {
    expect(await daily.parseParams({})).toEqual({ ok: true, value: { region: "eu" } });
    expect(await daily.parseParams(undefined)).toEqual({ ok: true, value: { region: "eu" } });
    expect(await daily.parseParams({ region: "us", days: "3" })).toEqual({
      ok: true,
      value: { region: "us", days: 3 },
    });
    expect(await daily.parseParams({ region: "mars", days: 1.5 })).toMatchObject({
      ok: false,
      issues: [{ path: ["region"] }, { path: ["days"] }],
    });
  });

  test("show their JSON Schema, where the validator can", () => {
    expect(daily.spec.params?.jsonSchema).toMatchObject({
      type: "object",
      properties: { region: { enum: ["eu", "us"], default: "eu" } },
    });
  });

  test("show it though JSON Schema has no word for one of them; dates come in as text", () => {
    const params = z.object({ since: z.coerce.date(), limit: z.bigint(), days: z.int().default(1) });
    const dated = flow("dated", { params }, () => work({ region: "eu" }));
    expect(dated.spec.params?.jsonSchema).toMatchObject({
      properties: { since: { type: "string", format: "date-time" }, limit: {}, days: { type: "integer" } },
    });
  });

  test("may be of any validator, async ones too", async () => {
    const mine: StandardSchema<{ n: string }, { n: number }> = {
      "~standard": {
        version: 1,
        vendor: "mine",
        validate: async (value) => {
          const n = Number((value as { n?: unknown }).n);
          return Number.isNaN(n) ? { issues: [{ message: "no number", path: [{ key: "n" }] }] } : { value: { n } };
        },
      },
    };
    const made = flow("mine", { params: mine }, () => work({ region: "eu" }));
    expect(await made.parseParams({ n: "4" })).toEqual({ ok: true, value: { n: 4 } });
    expect(await made.parseParams({ n: "x" })).toEqual({ ok: false, issues: [{ path: ["n"], message: "no number" }] });
    expect(made.spec.params).toEqual({ jsonSchema: null });
  });

  test("are refused where there are none", async () => {
    const none = flow("none", () => work({ region: "eu" }));
    expect(await none.parseParams(undefined)).toEqual({ ok: true, value: {} });
    expect(await none.parseParams({ region: "eu" })).toEqual({
      ok: false,
      issues: [{ path: ["region"], message: 'flow "none" takes no parameters' }],
    });
    expect(await none.parseParams("eu")).toMatchObject({ ok: false });
  });

  test("make the key of a limit", () => {
    expect(daily.spec.policies).toMatchObject({ concurrency: 1, concurrencyKeyed: true });
    expect(daily.concurrencyKey?.({ region: "us" })).toBe("us");
    expect(refused(() => daily.concurrencyKey?.({})).code).toBe("INVALID_OPTION");
    expect(flow("unkeyed", { concurrency: { limit: 2 } }, () => work({ region: "eu" }))).not.toHaveProperty(
      "concurrencyKey",
    );
  });
});
