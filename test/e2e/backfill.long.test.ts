// A flow is run for its past, as people do it: plan, question, pause, resume, retry.
import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

const DAYS = `import { daily, flow, shell, staticPartitions, product, task } from "millrace";
import { existsSync, writeFileSync } from "node:fs";
const load = task("load", { timeout: "1m" }, async (_: {}, { partition, window }) => {
  writeFileSync("begun", String(partition?.key));
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 10));
  if (partition?.key === "2025-01-03" && !existsSync("well")) throw new Error("no data");
  return { key: partition?.key, from: window.start.toISOString(), keys: await partition?.keys(), ...partition?.dimensions };
});
const tell = shell("tell", { command: "echo $MILLRACE_PARTITION_KEY", output: "text" });
const day = daily({ start: "2025-01-01", end: "2025-01-06", timeZone: "Europe/Zurich" });
export const days = flow("days", { partitions: day }, () => {
  load({});
});
export const live = flow("live", () => tell());
export const chained = flow("chained", { partitions: day, dependsOnPast: true }, () => {
  load({});
});
export const regions = flow("regions", { partitions: product({ day, region: staticPartitions(["eu", "us"]) }) }, () => ({
  loaded: load({}),
  told: tell(),
}));
`;

function ofType(records: readonly CliRecord[], type: string): readonly CliRecord[] {
  return records.filter((record) => record.type === type);
}

describe("a backfill", () => {
  test("shows its plan, names what failed, and repeats that alone", async () => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS, go: "" });
    const range = ["backfill", "days", "--from", "2025-01-01", "--to", "2025-01-05"];
    const plan = await project.run([...range, "--dry-run", "--json"]);
    expect(plan.records).toEqual([expect.objectContaining({ type: "backfill.plan", windows: 5, runs: 5, left: {} })]);
    // Nobody is there to ask.
    const asked = await project.run(range);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("--yes")]);

    const first = await project.run([...range, "--yes", "--json"]);
    const ended = ofType(first.records, "backfill").at(-1);
    expect([first.code, ended]).toEqual([1, expect.objectContaining({ state: "failed", succeeded: 4, failed: 1 })]);
    const id = String(ended?.["backfill"]);
    const shown = await project.run(["backfill", "show", id, "--json"]);
    expect(ofType(shown.records, "backfill.run").map(({ key, state }) => [key, state].join(" "))).toEqual([
      "2025-01-03 failed",
      "2025-01-01 success",
      "2025-01-02 success",
      "2025-01-04 success",
      "2025-01-05 success",
    ]);
    expect((await project.run(["backfill", "show", id])).stdout).toContain("4 success, 1 failed");

    const planned = await project.run(["backfill", "retry", id, "--dry-run", "--json"]);
    expect(ofType(planned.records, "backfill.retry.plan")).toEqual([
      expect.objectContaining({ repeated: 1, toCome: 0, tasks: { load: 1 }, isSameVersion: true }),
    ]);
    const text = await project.run(["backfill", "retry", id, "--dry-run"]);
    expect(text.stdout).toMatch(/1 run to repeat, 16 at once\n +load +in 1 run\n +2025-01-03 .*1 run again, 0 kept/);
    project.write("well", "");
    const again = await project.run(["backfill", "retry", id.slice(0, 22)]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("success 5 of 5 runs")]);
    const nothing = await project.run([...range, "--yes"]);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("5 ran before")]);
    expect((await project.run(["backfill", "list", "-q"])).stdout.trim()).toBe(id);
    const keys = await project.run(["partitions", "list", "days", "--json", "--limit", "2"]);
    expect(keys.records.map(({ key, state }) => [key, state])).toEqual([
      ["2025-01-04", "success"],
      ["2025-01-05", "success"],
    ]);
  });

  test("is paused by Ctrl-C, outlives kill -9, and runs each day once", async () => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS, well: "" });
    const all = ["backfill", "days", "--from", "2025-01-01", "--yes", "--max-active", "1", "--json"];
    const paused = project.start(all);
    const { backfill: id } = await paused.untilRecord(({ type }) => type === "backfill.requested");
    paused.child.kill("SIGINT");
    await paused.untilLine(/^pausing/);
    project.write("go", "");
    const stopped = await paused.ended;
    expect(stopped.code).toBe(130);
    expect(ofType(stopped.records, "backfill").at(-1)).toMatchObject({ state: "paused", succeeded: 1 });

    const killed = project.start(["backfill", "resume", String(id), "--json"]);
    await killed.untilRecord(({ type }) => type === "backfill.requested");
    killed.child.kill("SIGKILL");
    await killed.ended;
    const last = await project.run(["backfill", "resume", String(id), "--json"]);
    // It may have ended before it was killed; then there is nothing to resume.
    expect(last.code === 0 || ofType(last.records, "error").length === 1).toBe(true);
    const shown = await project.run(["backfill", "show", String(id), "--json"]);
    expect(ofType(shown.records, "backfill")[0]).toMatchObject({ state: "success", made: 5, succeeded: 5 });
    expect(ofType(shown.records, "backfill.run")).toHaveLength(5);
    expect((await project.run(["runs", "--all", "--flow", "days", "-q"])).stdout.trim().split("\n")).toHaveLength(5);
  });

  test("on a server is paused and resumed by other processes, and live runs go on beside it", async () => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS, well: "" });
    const server = project.start(["server", "--port", "0"]);
    await server.untilLine(/leading/);
    const watched = project.start(["backfill", "days", "--from", "2025-01-01", "--yes", "--max-active", "1", "--json"]);
    const { backfill } = await watched.untilRecord(({ type }) => type === "backfill.requested");
    const id = String(backfill);
    expect(await project.untilFile("begun")).toBe("2025-01-01");
    const paused = await project.run(["backfill", "pause", id]);
    expect([paused.code, paused.stdout]).toEqual([0, expect.stringContaining(`millrace backfill resume ${id}`)]);
    const set = await project.run(["backfill", "set", id, "--max-active", "2"]);
    expect([set.code, set.stdout]).toEqual([0, expect.stringContaining("2 at once from now on")]);
    expect((await project.run(["run", "live"])).code).toBe(0);

    // What is under way comes to its end, and whoever watches learns that nothing more comes.
    project.write("go", "");
    const stopped = await watched.ended;
    expect([stopped.code, ofType(stopped.records, "backfill").at(-1)]).toEqual([
      1,
      expect.objectContaining({ state: "paused", made: 1, succeeded: 1 }),
    ]);
    const resumed = await project.run(["backfill", "resume", id]);
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining("success 5 of 5 runs")]);
    const shown = await project.run(["backfill", "show", id, "--json"]);
    expect(ofType(shown.records, "backfill.run")).toHaveLength(5);
    const late = await project.run(["backfill", "pause", id]);
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining("is success")]);
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
  });

  test("of a flow that depends on the past stops at a failure, and says how it goes on", async () => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS, go: "" });
    const first = await project.run(["backfill", "chained", "--from", "2025-01-01", "--yes", "--max-active", "4"]);
    expect(first.stdout).toContain("one by one");
    expect([first.code, first.stdout]).toEqual([
      1,
      expect.stringMatching(/paused 3 of 5 runs, 1 failed[\s\S]* depends on it/),
    ]);
    const [, id = ""] = /millrace backfill retry (\w+)/.exec(first.stdout) ?? [];
    expect((await project.run(["backfill", "resume", id])).stderr).toContain(`millrace backfill retry ${id}`);
    project.write("well", "");
    const again = await project.run(["backfill", "retry", id]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("success 5 of 5 runs")]);
    expect(again.stdout).toMatch(/the code as it is now, version [0-9a-f]{12}/);
  });

  test("hands each run its partition, its window and its variables", async () => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS, go: "" });
    const one = ["backfill", "regions", "--from", "2025-01-01", "--to", "2025-01-02", "--run-per", "range", "--yes"];
    expect((await project.run(one)).code).toBe(0);
    const range = JSON.parse((await project.run(["output", "latest"])).stdout) as Record<string, unknown>;
    const keys = ["2025-01-01|eu", "2025-01-01|us", "2025-01-02|eu", "2025-01-02|us"];
    expect(range).toEqual({
      loaded: { key: "2025-01-01|eu...2025-01-02|us", from: "2024-12-31T23:00:00.000Z", keys },
      told: "2025-01-01|eu...2025-01-02|us",
    });
    expect((await project.run(["backfill", "regions", "--keys", "2025-01-05|us", "--yes"])).code).toBe(0);
    const single = JSON.parse((await project.run(["output", "latest"])).stdout) as Record<string, unknown>;
    expect(single).toMatchObject({ loaded: { key: "2025-01-05|us", day: "2025-01-05", region: "us" } });
    project.write("well", "");
    expect((await project.run(["run", "regions", "--partition", "2025-01-02|eu"])).code).toBe(0);
    expect(JSON.parse((await project.run(["output", "latest"])).stdout)).toMatchObject({ told: "2025-01-02|eu" });
    const wrong = await project.run(["run", "regions", "--partition", "2025-01-09|eu"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("after the end of the partitions")]);
  });

  test.each([
    [["days", "--from", "2024-12-31"], /before the start of the partitions/],
    [["days", "--from", "2025-01-01", "--to", "2025-01-06"], /after the end of the partitions/],
    [["days", "--from", "2025-13-01"], /is no key, no day and no instant/],
    [["days", "--keys", "2025-01-01", "--from", "2025-01-01"], /--from, or --keys, and not both/],
    [["dayz", "--from", "2025-01-01"], /no flow "dayz"/],
    [["show", "01NONE"], /no backfill "01NONE"/],
    [["pause"], /<id> is missing/],
  ])("is refused: %s", async (args, message) => {
    const project = new TemporaryProject({ "flows/days.ts": DAYS });
    const { code, stderr } = await project.run(["backfill", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
