// A server that makes the runs of schedules, as a process: off for a weekend, and told of another version.
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

const HOUR = 3_600_000;
const WEEKEND_HOURS = 63;

/** One flow for each policy. Ticks are half an hour from now, so that none comes while the test runs. */
function hourlyFlows(): string {
  const anchor = new Date(Date.now() - HOUR / 2).toISOString();
  const flows = [
    ["none", '"none"'],
    ["newest", '"newest"'],
    ["last", "{ last: 3 }"],
    ["within", '{ within: "6h" }'],
    ["all", '"all"'],
  ];
  // 0 + 1 + 3 + 6 + 63 runs.
  return `
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { every, flow, task } from "millrace";
const note = task("note", (_: {}, { window }) => {
  appendFileSync("ran", window.start.toISOString() + "\\n");
  if (readFileSync("ran", "utf8").split("\\n").length > 73) writeFileSync("done", "yes");
});
${flows
  .map(([name, catchup]) => {
    const schedule = `every("1h", { anchor: "${anchor}", catchup: ${catchup} })`;
    return `export const ${name} = flow("${name}", { schedule: ${schedule} }, () => { note({}); });`;
  })
  .join("\n")}
`;
}

/** The server was off for a weekend: nothing has been decided since. */
function goBack(project: TemporaryProject, hours: number): void {
  const database = new DatabaseSync(path.join(project.dir, ".millrace/millrace.db"));
  const ms = hours * HOUR;
  database.exec(`update flow_trigger set cursor_at = cursor_at - ${ms}, since_at = since_at - ${ms}`);
  database.close();
}

async function ticksOf(project: TemporaryProject, flow: string): Promise<readonly CliRecord[]> {
  return (await project.run(["schedule", "ticks", flow, "--limit", "100", "--json"])).records;
}

const isFollowing = ({ type }: CliRecord): boolean => type === "server.scheduling";

describe("a server", () => {
  test("that was off for a weekend does what the policies say, and shows what it did", async () => {
    const project = new TemporaryProject({ "flows/hourly.ts": hourlyFlows() });
    const first = project.start(["server", "--port", "0", "--json"]);
    expect(await first.untilRecord(isFollowing)).toMatchObject({ schedules: 5, next: { schedule: "default" } });
    first.child.kill("SIGTERM");
    await first.ended;
    goBack(project, WEEKEND_HOURS);

    const second = project.start(["server", "--port", "0", "--json"]);
    await project.untilFile("done");
    const made = async (flow: string): Promise<number> =>
      (await ticksOf(project, flow)).filter(({ outcome }) => outcome === "run").length;
    expect(await Promise.all(["none", "newest", "last", "within", "all"].map(made))).toEqual([0, 1, 3, 6, 63]);
    expect(await ticksOf(project, "none")).toMatchObject([
      { outcome: "skipped", run: null, reason: "63 ticks were missed; catchup is none" },
    ]);
    const newest = await ticksOf(project, "newest");
    expect(newest.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["run", null],
      ["skipped", "62 ticks were missed; catchup is newest"],
    ]);
    const list = await project.run(["schedule", "list", "--json"]);
    expect(list.records).toHaveLength(5);
    for (const record of list.records) expect(record).toMatchObject({ owed: 0, followed: true, paused: null });
    second.child.kill("SIGTERM");
    expect((await second.ended).signal).toBe(null);
  });

  test("follows another version as soon as it is active, and holds back what is paused", async () => {
    const flow = (options: string): string => `
import { every, flow, task } from "millrace";
export default flow("small", { ${options} }, () => { task("one", (_: {}) => 1)({}); });
`;
    const project = new TemporaryProject({ "flows/small.ts": flow("") });
    const server = project.start(["server", "--port", "0", "--json"]);
    expect(await server.untilRecord(isFollowing)).toMatchObject({ schedules: 0, next: null });
    project.write("flows/small.ts", flow('schedule: every("1s", { catchup: "none" })'));
    await project.run(["run", "small", "--quiet"]);
    await server.untilRecord((record) => isFollowing(record) && record["schedules"] === 1);
    const paused = await project.run(["schedule", "pause", "small", "--reason", "too much"]);
    expect([paused.code, paused.stdout]).toEqual([0, "paused all schedules and triggers of small\n"]);
    const [shown] = (await project.run(["schedule", "list", "--json"])).records;
    expect(shown).toMatchObject({ flow: "small", paused: { reason: "too much" } });
    const before = await ticksOf(project, "small");
    expect(await ticksOf(project, "small")).toEqual(before);
    const resumed = await project.run(["schedule", "resume", "small", "default"]);
    expect(resumed.stdout).toBe("resumed default of small\n");
    const wrong = await project.run(["schedule", "resume", "small", "defualt"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('no schedule or trigger "defualt"')]);
  });

  test.each([
    [["schedule", "pause"], "<flow> is missing"],
    [["schedule", "list", "--limit", "3"], "schedule list takes no --limit"],
    [["schedule", "list", "big"], 'There is no flow "big"'],
    [["schedule", "pause", "big"], 'The flow "big" has no schedule and no trigger'],
  ])("is asked for what it cannot do: %j", async (args, says) => {
    const project = new TemporaryProject({ "flows/hourly.ts": hourlyFlows() });
    await project.run(["run", "none", "--quiet"]);
    const { code, stderr } = await project.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
