import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

const ORDERS = `import { choose, flow, group, task, when } from "millrace";
import { z } from "zod";

const extract = task("extract", ({ region, count }: { region: string; count: number }, { log }): number[] => {
  log.info("extracting", { region });
  return Array.from({ length: count }, (_unused, index) => index);
});
const double = task("double", ({ order }: { order: number }) => order * 2);
const sum = task("sum", ({ orders }: { orders: number[] }) => orders.reduce((a, b) => a + b, 0));
const isBig = task("is-big", ({ total }: { total: number }) => total > 10);
const celebrate = task("celebrate", () => "hurray");
const shrug = task("shrug", () => "well");

export default flow(
  "orders",
  { params: z.object({ region: z.enum(["eu", "us"]).default("eu"), count: z.number().int().default(3) }) },
  ({ params }) => {
    const orders = extract({ region: params.region, count: params.count });
    const doubled = double.each(orders, (order) => ({ order }));
    const total = sum({ orders: doubled });
    const big = isBig({ total });
    return when(big, () => celebrate(), () => shrug());
  },
);
`;

function ofType(records: readonly CliRecord[], type: string): CliRecord[] {
  return records.filter((record) => record.type === type);
}

describe("run", () => {
  test("writes one line an event where there is no terminal, and exits with 0", async () => {
    const project = new TemporaryProject({ "flows/orders.ts": ORDERS });
    const { code, stdout, stderr } = await project.run(["run", "orders"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ""));
    expect(lines[0]).toMatch(/^orders [0-9A-Z]{26}$/);
    expect(lines).toContain("started    extract");
    expect(lines).toContain("expanded   double  3 items");
    expect(lines).toContain("skipped    celebrate");
    expect(lines.at(-2)).toMatch(/^✓ orders success in .+ {2}7 success, 1 skipped {2}[0-9A-Z]{26}$/);
    expect(lines.at(-1)).toBe("  returned 'well'");
  });

  test("writes NDJSON and nothing else with --json", async () => {
    const project = new TemporaryProject({ "flows/orders.ts": ORDERS });
    const { code, records, stderr } = await project.run(["run", "orders", "--param", "count=6", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [started] = ofType(records, "run.started");
    const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    expect(started).toEqual({
      type: "run.started",
      run: expect.stringMatching(/^[0-9A-Z]{26}$/),
      flow: "orders",
      at: expect.stringMatching(iso),
    });
    for (const record of records) {
      expect(record["run"]).toBe(started?.["run"]);
      expect(record["at"]).toMatch(iso);
    }
    const doubled = ofType(records, "task.finished").filter(({ node }) => node === "double[]");
    expect(new Set(doubled.map(({ task }) => task))).toEqual(
      new Set([0, 1, 2, 3, 4, 5].map((index) => `double[${index}]`)),
    );
    for (const record of doubled) {
      expect(record).toMatchObject({ state: "success", durationMs: expect.any(Number), cached: false, error: null });
    }
    expect(ofType(records, "task.skipped")).toMatchObject([{ task: "shrug" }]);
    expect(records.at(-1)).toMatchObject({
      type: "run.finished",
      state: "success",
      durationMs: expect.any(Number),
      tasks: { success: 10, skipped: 1, failed: 0 },
      failures: [],
    });
  });

  test("takes parameters from a file, from standard input and from the line", async () => {
    const project = new TemporaryProject({
      "flows/orders.ts": ORDERS,
      "params.json": '{ "count": 1, "region": "us" }',
    });
    const fromFile = await project.run(["run", "orders", "--params", "params.json", "--json"]);
    expect(fromFile.records.at(-1)).toMatchObject({ state: "success", tasks: { success: 5 } });
    const fromStdin = await project.run(["run", "orders", "--params", "-", "-p", "count=2", "--json"], {
      stdin: '{ "count": 9 }',
    });
    expect(fromStdin.records.at(-1)).toMatchObject({ state: "success", tasks: { success: 6 } });
    const logged = await project.run(["logs", "latest", "--json"]);
    expect(ofType(logged.records, "log")).toMatchObject([
      { task: "extract", text: "extracting", data: { region: "eu" } },
    ]);
  });

  test("runs a part of a flow, and takes what it needs from the run before", async () => {
    const project = new TemporaryProject({ "flows/orders.ts": ORDERS });
    await project.run(["run", "orders"]);
    const { code, records } = await project.run(["run", "orders", "--from", "is-big", "--json"]);
    expect(code).toBe(0);
    expect(ofType(records, "task.started").map(({ task }) => task)).toEqual(["is-big", "when", "shrug"]);
    const only = await project.run(["run", "orders", "--only", "extract", "--json"]);
    expect(ofType(only.records, "task.started").map(({ task }) => task)).toEqual(["extract"]);
  });

  test("gives tasks the window that is asked for", async () => {
    const flow = `import { flow, task } from "millrace";
const say = task("say", (_input: undefined, { window }) => { console.log(window.start.toISOString(), window.end.toISOString()); });
export default flow("windowed", () => { say(); });`;
    const project = new TemporaryProject({ "flows/windowed.ts": flow });
    const { code } = await project.run(["run", "windowed", "--window", "2026-01-01/2026-01-02"]);
    expect(code).toBe(0);
    const { stdout } = await project.run(["logs", "latest"]);
    expect(stdout).toContain("2026-01-01T00:00:00.000Z 2026-01-02T00:00:00.000Z");
  });
});

const FAILING = `import { flow, task } from "millrace";
import { existsSync } from "node:fs";
const first = task("first", () => 1);
const shaky = task("shaky", { retries: { limit: 1, delay: 1 } }, ({ n }: { n: number }) => {
  console.error("about to fail");
  if (!existsSync("works")) throw new Error("the shop is closed", { cause: new TypeError("no key") });
  return n;
});
const last = task("last", ({ n }: { n: number }) => n);
export default flow("failing", () => { last({ n: shaky({ n: first() }) }); });
`;

describe("a run that fails", () => {
  test("exits with 1 and tells why, with the source, the log and what to do", async () => {
    const project = new TemporaryProject({ "flows/failing.ts": FAILING });
    const { code, stdout } = await project.run(["run", "failing"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/retrying {3}shaky {2}try 1 failed, again in .+: the shop is closed/);
    expect(stdout).toMatch(/✗ shaky failed after 2 tries/);
    expect(stdout).toContain("error Error: the shop is closed");
    expect(stdout).toMatch(/> 6 \|.*throw new Error/);
    expect(stdout).toContain("caused by TypeError: no key");
    expect(stdout).toMatch(/last lines of its log:\n.*about to fail/);
    expect(stdout).toMatch(/next: millrace retry [0-9A-Z]{26}\n {6}millrace logs [0-9A-Z]{26} --task 'shaky'/);
    expect(stdout).toMatch(/✗ failing failed in .+ {2}1 success, 1 failed, 1 upstream_failed/);
  });

  test("is explained by why, listed by runs, and repeated from the failure by retry", async () => {
    const project = new TemporaryProject({ "flows/failing.ts": FAILING });
    const { records } = await project.run(["run", "failing", "--json"]);
    const run = String(records.at(-1)?.["run"]);
    expect(records.at(-1)).toMatchObject({ state: "failed", failures: [{ task: "shaky", error: { name: "Error" } }] });

    const why = await project.run(["why"]);
    expect(why.stdout).toContain("the shop is closed");
    expect(why.stdout).toContain("held back by these failures (upstream_failed): last");
    const wrongTask = await project.run(["why", run, "shakey"]);
    expect(wrongTask).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "shaky"?') });

    project.write("works", "");
    const retried = await project.run(["retry", run.slice(0, 12), "--version", "same", "--json"]);
    expect(retried.code).toBe(0);
    expect(ofType(retried.records, "task.started").map(({ task }) => task)).toEqual(["shaky", "last"]);
    const again = String(retried.records.at(-1)?.["run"]);

    const listed = await project.run(["runs", "--json"]);
    expect(listed.records).toMatchObject([{ type: "run", run: again, state: "success", rerunOf: run, rootRun: run }]);
    const every = await project.run(["runs", "--all", "--quiet"]);
    expect(every.stdout.trim().split("\n")).toEqual([again, run]);
    const failed = await project.run(["runs", "--state", "failed", "--quiet"]);
    expect(failed.stdout).toBe("");
    const table = await project.run(["runs"]);
    expect(table.stdout).toMatch(new RegExp(`${again} +failing +✓ success .* retry of ${run}`));
  });

  test("can be repeated as a whole, or by task", async () => {
    const project = new TemporaryProject({ "flows/failing.ts": FAILING, works: "" });
    const { records } = await project.run(["run", "failing", "--json"]);
    const run = String(records.at(-1)?.["run"]);
    const all = await project.run(["retry", run, "--all", "--json"]);
    expect(ofType(all.records, "task.started")).toHaveLength(3);
    const one = await project.run(["retry", run, "--task", "shaky", "--json"]);
    expect(ofType(one.records, "task.started").map(({ task }) => task)).toEqual(["shaky"]);
    const more = await project.run(["retry", run, "--task", "shaky", "--downstream", "--json"]);
    expect(ofType(more.records, "task.started").map(({ task }) => task)).toEqual(["shaky", "last"]);
  });
});

describe("logs", () => {
  test("show a task's lines in order, by level and by number", async () => {
    const flow = `import { flow, task } from "millrace";
const talk = task("talk", (_input: undefined, { log }) => {
  log.debug("one"); log.info("two", { n: 2 }); log.warn("three"); log.error("four");
});
const other = task("other", () => { console.log("elsewhere"); });
export default flow("talking", () => { other.after(talk())(); });`;
    const project = new TemporaryProject({ "flows/talking.ts": flow });
    expect((await project.run(["run", "talking"])).code).toBe(0);
    const texts = async (...args: string[]): Promise<unknown[]> =>
      (await project.run(["logs", "latest", "--json", ...args])).records.map(({ text }) => text);
    expect(await texts()).toEqual(["one", "two", "three", "four", "elsewhere"]);
    expect(await texts("--task", "talk", "--level", "warn")).toEqual(["three", "four"]);
    expect(await texts("--tail", "2")).toEqual(["four", "elsewhere"]);
    const plain = await project.run(["logs", "latest", "--task", "talk"]);
    expect(plain.stdout).toMatch(/^talk {2}\d\d:\d\d:\d\d info {3}two {"n":2}$/m);
    const unknown = await project.run(["logs", "latest", "--task", "tlak"]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("error UNKNOWN_TASK") });
  });
});
