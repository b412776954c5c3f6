import { readFileSync } from "node:fs";
import type { FlowSpec } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  cron,
  env,
  flow,
  onFile,
  onFlow,
  type SensorContext,
  sensor,
  type Trigger,
  task,
  webhook,
} from "../../src/index.ts";
import { refused } from "../refused.ts";

const work = task("work", (input: unknown) => input);
const FILE = "packages/sdk/test/triggers/triggers.test.ts";

function flowWith(triggers: Trigger<never> | readonly Trigger<never>[], name = "watched") {
  return flow(name, { triggers }, () => {
    work({});
  });
}

function specOf(trigger: Trigger<never>): FlowSpec["triggers"][number] | undefined {
  return flowWith(trigger).spec.triggers[0];
}

/** What the events of a flow's first trigger give. */
async function paramsOf(trigger: Trigger<never>, ...payloads: readonly unknown[]): Promise<unknown> {
  const definition = flowWith(trigger);
  const name = definition.spec.triggers[0]?.name ?? "";
  const given = await definition.triggers?.[name]?.eventParams(payloads);
  return given?.ok === true ? given.value : given?.issues;
}

const SECRET = env("SHOP_SECRET");

describe("triggers as plain data", () => {
  test("say all that the engine needs, with their defaults", () => {
    expect(specOf(webhook({ secret: SECRET }))).toMatchObject({
      kind: "webhook",
      name: "webhook",
      secretVariable: "SHOP_SECRET",
      toleranceMs: 300_000,
      maxBodyBytes: 1024 * 1024,
      gather: null,
      maps: false,
      place: { file: FILE },
    });
    expect(specOf(sensor("rows", {}, () => ({})))).toMatchObject({
      kind: "sensor",
      everyMs: 30_000,
      timeoutMs: 60_000,
    });
    expect(specOf(onFlow("other"))).toMatchObject({ kind: "flow_finished", flow: "other", states: ["success"] });
    expect(specOf(onFlow(flowWith([], "typed"), { states: ["failed", "failed", "cancelled"] }))).toMatchObject({
      flow: "typed",
      states: ["failed", "cancelled"],
    });
    expect(specOf(onFile("in/*.csv", { every: "10s" }))).toMatchObject({ kind: "file", everyMs: 10_000, maps: false });
  });

  test("say how events become runs", () => {
    const gathered = (options: object) => specOf(onFlow("other", options))?.gather;
    expect(gathered({ debounce: "10s" })).toEqual({ kind: "debounce", quietMs: 10_000, maxMs: null });
    expect(gathered({ debounce: { quiet: "10s", max: "1m" } })).toEqual({
      kind: "debounce",
      quietMs: 10_000,
      maxMs: 60_000,
    });
    expect(gathered({ batch: { max: 9, within: "1m" } })).toEqual({ kind: "batch", max: 9, withinMs: 60_000 });
    expect(gathered({ throttle: { limit: 2, per: "1h" } })).toEqual({ kind: "throttle", limit: 2, perMs: 3_600_000 });
  });

  test("are named within their flow, beside its schedules", () => {
    const many = flowWith([
      webhook({ secret: null }),
      webhook({ secret: null }),
      webhook({ secret: null, name: "shop" }),
    ]);
    expect(many.spec.triggers.map(({ name }) => name)).toEqual(["webhook", "webhook-2", "shop"]);
    expect(Object.keys(many.triggers ?? {})).toEqual(["webhook", "webhook-2", "shop"]);
    expect(flow("plain", () => void work({})).triggers).toBeUndefined();
  });
});

describe("parameters from events", () => {
  const event = (body: unknown) => ({ body, headers: {} });

  test("come from the author's function, which sees the last event and all", async () => {
    const trigger = webhook({
      secret: SECRET,
      batch: { max: 9, within: "1m" },
      body: z.object({ id: z.coerce.number() }),
      params: ({ body }, all) => ({ last: body.id, ids: all.map((each) => each.body.id) }) as never,
    });
    expect(await paramsOf(trigger, event({ id: "1" }), event({ id: 2 }))).toEqual({ last: 2, ids: [1, 2] });
    expect(await paramsOf(trigger, event({ id: 1 }), event({ id: "x" }))).toMatchObject([{ path: ["body", "id"] }]);
  });

  test("are the events themselves where there is no function", async () => {
    const shape = z.object({ id: z.number().default(7) });
    expect(await paramsOf(webhook({ secret: null, body: shape }) as Trigger<never>, event({}))).toEqual({ id: 7 });
    const batch = { max: 9, within: "1m" } as const;
    expect(await paramsOf(webhook({ secret: null, batch }) as Trigger<never>, event(1), event(2))).toEqual({
      events: [1, 2],
    });
    expect(await paramsOf(webhook({ secret: null }) as Trigger<never>, event(undefined))).toEqual({});
    expect(
      await paramsOf(
        sensor("rows", {}, () => ({})),
        { n: 1 },
      ),
    ).toEqual({ n: 1 });
    expect(await paramsOf(onFile("in/*") as Trigger<never>, { path: "in/a" })).toEqual({});
  });

  test("of a flow that has ended know its run and window", async () => {
    const trigger = onFlow("other", {
      params: ({ run, state, window }) => ({ run, state, hours: (+window.end - +window.start) / 3_600_000 }) as never,
    });
    const payload = {
      run: "01RUN",
      flow: "other",
      state: "success",
      params: {},
      window: { startMs: 0, endMs: 7_200_000 },
    };
    expect(await paramsOf(trigger, payload)).toEqual({ run: "01RUN", state: "success", hours: 2 });
    expect(await paramsOf(onFlow("other", { params: () => undefined as never }), payload)).toEqual({});
  });
});

test("a sensor's function is found by its name", async () => {
  const definition = flowWith(
    sensor("rows", {}, ({ cursor }: SensorContext<number>) => ({ cursor: (cursor ?? 0) + 1 })),
  );
  const result = await definition.triggers?.["rows"]?.poll?.({ cursor: 1 } as never);
  expect(result).toEqual({ cursor: 2 });
});

describe("what is refused, with its line", () => {
  test.each<[string, () => unknown, string]>([
    ["an odd option", () => webhook({ secret: null, sekret: 1 } as never), 'no option "sekret"'],
    ["a secret as text", () => webhook({ secret: "abc" as never }), 'is "a text"'],
    ["a missing secret", () => webhook({} as never), "`secret` of the webhook is undefined"],
    ["a body of nothing", () => webhook({ secret: null, maxBody: 0 }), "`maxBody`"],
    ["a body of a gigabyte", () => webhook({ secret: null, maxBody: "1GB" }), "`maxBody`"],
    ["a sensor without a function", () => sensor("rows", {}, undefined as never), "third argument"],
    ["a sensor that never rests", () => sensor("rows", { every: 0 }, () => ({})), "`every`"],
    ["a sensor without time", () => sensor("rows", { timeout: 0 }, () => ({})), "`timeout`"],
    ["no flow", () => onFlow(undefined as never), "first argument of onFlow"],
    ["an odd end", () => onFlow("other", { states: ["done" as never] }), "`states`"],
    ["no end", () => onFlow("other", { states: [] }), "`states`"],
    ["no pattern", () => onFile(""), "pattern of onFile"],
    ["two ways to gather", () => onFlow("o", { debounce: "1s", throttle: { limit: 1, per: "1s" } }), "both `debounce`"],
    ["a batch of none", () => onFlow("o", { batch: { max: 0, within: "1s" } }), "`batch.max`"],
    ["a batch of too many", () => onFlow("o", { batch: { max: 10_001, within: "1s" } }), "`batch.max`"],
    ["a batch without time", () => onFlow("o", { batch: { max: 1, within: 0 } }), "`batch.within`"],
    ["a batch that is none", () => onFlow("o", { batch: 3 as never }), "`batch`"],
    ["an odd field", () => onFlow("o", { batch: { max: 1, within: "1s", of: 1 } as never }), 'no option "of"'],
    [
      "a debounce shorter than its quiet",
      () => onFlow("o", { debounce: { quiet: "1m", max: "1s" } }),
      "`debounce.max`",
    ],
    ["a throttle of none", () => onFlow("o", { throttle: { limit: 0, per: "1s" } }), "`throttle.limit`"],
    ["something that is no trigger", () => flowWith({} as never), 'option "triggers"'],
    [
      "two of a name",
      () => flowWith([onFlow("a", { name: "x" }), onFlow("b", { name: "x" })]),
      'two triggers called "x"',
    ],
    ["a flow that starts itself", () => flowWith(onFlow("watched")), "started by its own end"],
    ["an odd name", () => flowWith(onFlow("a", { name: "not this" })), "not a name for a trigger"],
  ])("%s", (_, act, message) => {
    const error = refused(act);
    expect(error.message).toContain(message);
    expect(error.message).toContain(`(${FILE}:`);
    expect(error.hint).not.toBe("");
    const line = Number(/:(\d+):\d+\)$/.exec(error.message)?.[1]);
    expect(readFileSync(FILE, "utf8").split("\n")[line - 1]).toBeDefined();
  });

  test("a trigger with the name of a schedule", () => {
    const error = refused(() =>
      flow(
        "both",
        { schedule: cron("0 6 * * *", { timeZone: "UTC", name: "six" }), triggers: onFlow("a", { name: "six" }) },
        () => {
          work({});
        },
      ),
    );
    expect(error.message).toContain("one of them is a schedule");
  });
});
