import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  choose,
  flow,
  flowRun,
  group,
  NonRetryableError,
  type Ref,
  RetryAfterError,
  sql,
  sqlite,
  task,
  type,
  wait,
} from "@millrace/sdk";
import { hangs, testFlow } from "@millrace/testing";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";

interface Order {
  readonly id: string;
  readonly total: number;
}

const extract = task("extract", { retries: 2 }, async ({ region }: { region: string }): Promise<Order[]> => {
  throw new Error(`no shop in ${region}`);
});
const sum = task("sum", ({ orders }: { orders: Order[] }, { log, report }) => {
  const total = orders.reduce((all, order) => all + order.total, 0);
  log.info(`${orders.length} orders`);
  report.check({ check: "not nothing", passed: total > 0 });
  return total;
});
const ship = task("ship", ({ order }: { order: Order }, { task: { index } }) => ({ shipped: order.id, index }));

const daily = flow("daily", () => {
  const orders = extract({ region: "eu" });
  const shipped = ship.each(orders, (order) => ({ order }));
  return { total: sum({ orders }), shipped };
});

const ORDERS: Order[] = [
  { id: "a", total: 2 },
  { id: "b", total: 3 },
];

describe("a tested flow", () => {
  test("gives states, outputs, logs, reports and events", async () => {
    const run = await testFlow(daily).mock("extract", ORDERS).run();
    expect(run.state).toBe("success");
    expect(run.error).toBeNull();
    expect(run.output).toEqual({
      total: 5,
      shipped: [
        { shipped: "a", index: 0 },
        { shipped: "b", index: 1 },
      ],
    });
    expectTypeOf(run.output).toEqualTypeOf<
      { total: number; shipped: { shipped: string; index: number | null }[] } | undefined
    >();
    expect([...run.tasks.keys()]).toEqual(["extract", "ship", "ship[0]", "ship[1]", "sum"]);
    expect(run.task<{ shipped: string }>("ship[1]").output.shipped).toBe("b");
    expect(run.logs).toEqual([{ task: "sum", level: "info", text: "2 orders" }]);
    expect(run.reports).toMatchObject([{ kind: "check", check: "not nothing", passed: true }]);
    expect(run.events.at(-1)?.type).toBe("run.finished");
  });

  test("fails as it would, after its retries, whose delays pass at once", async () => {
    const run = await testFlow(daily).run();
    expect(run.state).toBe("failed");
    expect(run.output).toBeUndefined();
    expect(run.error?.message).toBe("no shop in eu");
    expect(run.task("extract")).toMatchObject({ state: "failed", tries: 3 });
    expect(run.task("sum")).toMatchObject({ state: "upstream_failed", tries: 0 });
    expect(run.elapsedMs).toBeGreaterThan(2_000);
  });

  test("heeds errors that say when to try again, or never", async () => {
    const later = await testFlow(daily)
      .mock(extract, (_input, { attempt }) => {
        if (attempt.number === 1) throw new RetryAfterError("busy", "1h");
        return ORDERS;
      })
      .run();
    expect([later.state, later.elapsedMs]).toEqual(["success", 3_600_000]);
    const never = await testFlow(daily)
      .mock("extract", () => {
        throw new NonRetryableError("gone");
      })
      .run();
    expect(never.task("extract")).toMatchObject({ state: "failed", tries: 1 });
  });

  test("says what task there is instead of one that is not there", async () => {
    expect(() => testFlow(daily).mock("extrakt", [])).toThrow(
      expect.objectContaining({ code: "UNKNOWN_TASK", hint: 'Did you mean "extract"?' }),
    );
    const run = await testFlow(daily).mock(extract, []).run();
    expect(() => run.task("ship[0]")).toThrow(expect.objectContaining({ code: "UNKNOWN_TASK" }));
  });

  test("refuses parameters that its schema refuses", async () => {
    const none = testFlow(daily).withParams({ region: "eu" } as never);
    await expect(none.run()).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });
});

describe("a mock", () => {
  const perShop = group("shop", ({ name }: { name: Ref<string> }) => sum({ orders: extract({ region: name }) }));
  const grouped = flow("grouped", () => ({
    one: perShop.named("one")({ name: "x" }),
    each: perShop.each(["y", "z"], (name) => ({ name })),
  }));

  test("of a task stands wherever the task is placed, and its input is typed", async () => {
    const run = await testFlow(grouped)
      .mock(extract, ({ region }) => {
        expectTypeOf(region).toEqualTypeOf<string>();
        return [{ id: region, total: region.charCodeAt(0) }];
      })
      .run();
    expect(run.output).toEqual({ one: 120, each: [121, 122] });
  });

  test("by id stands for one placement, within maps without their brackets", async () => {
    const run = await testFlow(grouped)
      .mock("one/extract", [])
      .mock("shop/extract", ({ region }: { region: string }) => [{ id: region, total: 7 }])
      .run();
    expect(run.output).toEqual({ one: 0, each: [7, 7] });
  });

  test("that hangs is ended by the task's timeout, which passes at once", async () => {
    const slow = task("slow", { timeout: "6h" }, () => "never mind");
    const run = await testFlow(flow("nightly", () => slow()))
      .mock(slow, hangs)
      .run();
    expect(run.task("slow")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
    expect(run.elapsedMs).toBe(6 * 3_600_000);
  });

  test("that hangs without a timeout is said to stand still", async () => {
    const slow = task("slow", () => "never mind");
    await expect(
      testFlow(flow("nightly", () => slow()))
        .mock(slow, hangs)
        .run(),
    ).rejects.toThrow(/stands still[\s\S]*slow \(running\)[\s\S]*needs a timeout/);
  });
});

describe("time", () => {
  test("that a task works counts for its timeout", async () => {
    let isAborted = false;
    const busy = task("busy", { timeout: 20 }, (_input: unknown, { signal }) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("too late")));
    });
    const run = await testFlow(flow("flow", () => busy({}))).run();
    expect(run.task("busy")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
    expect(isAborted).toBe(true);
  });

  test("is the virtual clock's for tasks, and nobody else's", async () => {
    const started = new Date("2030-05-05T00:00:00Z");
    const seen: string[] = [];
    const look = task("look", () => {
      seen.push(new Date().toISOString(), new Date(Date.now()).toISOString());
    });
    const nap = wait.for("nap", "90m");
    const real = Date.now();
    const run = await testFlow(flow("flow", () => look.named("after").after(nap.after(look())())()))
      .startingAt(started)
      .mock("look", () => seen.push(new Date().toISOString()))
      .run();
    expect(run.state).toBe("success");
    expect(seen).toEqual(["2030-05-05T00:00:00.000Z", "2030-05-05T01:30:00.000Z", "2030-05-05T01:30:00.000Z"]);
    expect(run.elapsedMs).toBe(90 * 60_000);
    expect(Math.abs(Date.now() - real)).toBeLessThan(60_000);
  });

  test("passes at once for conditions that are waited for", async () => {
    let looks = 0;
    const ready = wait.forCondition("ready", {
      check: () => {
        looks += 1;
        return looks === 5 && "ready";
      },
      every: "10m",
    });
    const run = await testFlow(flow("flow", () => ready())).run();
    expect([run.output, run.elapsedMs]).toEqual(["ready", 40 * 60_000]);
    const late = await testFlow(
      flow("flow", () => wait.forCondition("ready", { check: () => false, timeout: "1h" })()),
    ).run();
    expect(late.task("ready")).toMatchObject({ state: "failed", error: { code: "WAIT_TIMEOUT" } });
    expect(late.elapsedMs).toBe(3_600_000);
  });

  test("covers the window it is told", async () => {
    const read = task("read", (_input: unknown, { window }) => window);
    const run = await testFlow(flow("flow", () => read({})))
      .withWindow(new Date(1_000), new Date(2_000))
      .run();
    expect(run.output).toEqual({ start: new Date(1_000), end: new Date(2_000) });
  });
});

describe("what is around a flow", () => {
  test("other flows run when they are handed in", async () => {
    const child = flow("child", () => task("answer", () => 42)());
    const parent = flow("parent", () => flowRun(child)({}).output);
    expect((await testFlow(parent).withFlows(child).run()).output).toBe(42);
    const without = await testFlow(parent).run();
    expect(without.error).toMatchObject({ code: "UNKNOWN_FLOW", hint: expect.stringContaining("withFlows") as string });
  });

  test("connections are opened as declared, or handed out as they are", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kit-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const make = task("make", async (_input: unknown, context) => {
      await context.connection("db").query("create table numbers (n integer)");
      await context.connection("db").query("insert into numbers values (21)");
      return context.connection("fake").query("anything");
    });
    const double = sql("double", { connection: "db", input: type<{ n: number }>(), file: "./fixtures/double.sql" });
    const tested = flow("flow", () => ({ made: make({}), doubled: double({ n: 21 }) }));
    const run = await testFlow(tested)
      .inProject(folder)
      .withConnections({ db: sqlite({ path: "shop.db" }), fake: { query: async () => ["row"] } })
      .run();
    expect(run.error).toBeNull();
    expect(run.output).toEqual({ made: ["row"], doubled: [{ doubled: 42 }] });
    const without = await testFlow(tested).inProject(folder).withConnections({ db: {} }).run();
    expect(without.tasks.get("make")?.error?.message).toContain("query is not a function");
    const none = await testFlow(flow("flow", () => make({}))).run();
    expect(none.error).toMatchObject({ code: "MISSING_CONNECTION" });
  });

  test("branches, hooks and pools work as they do elsewhere", async () => {
    const hooks: string[] = [];
    const size = task("size", (): "big" | "small" => "big");
    const load = task(
      "load",
      { pool: "db", onSuccess: (event) => void hooks.push(event.task?.label ?? "") },
      () => "done",
    );
    const tested = flow("flow", { onSuccess: () => void hooks.push("flow") }, () =>
      choose(size(), { big: () => load.named("bulk")(), small: () => load() }),
    );
    const run = await testFlow(tested).withPools({ db: 2 }).run();
    expect(run.output).toBe("done");
    expect(run.task("load").state).toBe("skipped");
    expect(hooks).toEqual(["bulk", "flow"]);
  });

  test("tests may run at the same time", async () => {
    const runs = await Promise.all(
      [1, 2, 3].map((total) =>
        testFlow(daily)
          .mock("extract", [{ id: "x", total }])
          .run(),
      ),
    );
    expect(runs.map((run) => run.output?.total)).toEqual([1, 2, 3]);
  });
});
