// What `millrace schedule` says of expressions and of flows, without a database.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const CASES = JSON.parse(
  readFileSync(new URL("../../packages/core/test/cases/schedules.json", import.meta.url), "utf8"),
) as {
  readonly next: readonly {
    readonly cron?: string;
    readonly timeZone: string;
    readonly from: string;
    readonly inclusive: boolean;
    readonly expect: readonly string[];
  }[];
};

const TIMED = `import { continuous, cron, customSchedule, flow, task } from "millrace";
const work = task("work", () => 1);
export default flow("timed", { schedule: [
  cron("0 2 * * *", { name: "nightly", timeZone: "Europe/Zurich" }),
  continuous({ name: "busy" }),
  customSchedule(() => undefined, { name: "moon" }),
] }, () => { work(); });
export const plain = flow("plain", () => { work(); });`;

const BARE = ["--cron", "0 2 * * *", "--time-zone", "Europe/Zurich", "--from", "2023-10-28T00:00:00Z", "--count", "3"];
const TICKS = ["2023-10-28T00:00:00Z", "2023-10-29T00:00:00Z", "2023-10-30T01:00:00Z"];

test("a bare expression needs no project, and is answered for programs and for people", async () => {
  const project = new TemporaryProject();
  const json = await project.run(["schedule", "next", ...BARE, "--json"], { cwd: "/" });
  expect(json).toMatchObject({ code: 0, stderr: "", records: [{ type: "schedule.next", ticks: TICKS }] });
  const text = await project.run(["schedule", "next", ...BARE], { cwd: "/" });
  expect(text.stdout).toContain("2023-10-29T00:00:00Z  Sun 2023-10-29 02:00:00 +02:00\n");
  const words = await project.run(["schedule", "explain", ...BARE], { cwd: "/", env: { TZ: "Asia/Kolkata" } });
  expect(words.stdout).toContain("every day at 02:00, Europe/Zurich\n");
  expect(words.stdout).toMatch(/Europe\/Zurich +Asia\/\w+ +UTC +WINDOW/);
  expect(words.stdout).toMatch(/02:00:00 \+01:00 +Mon 2023-10-30 06:30:00 \+05:30 +Mon 2023-10-30 01:00:00 \+00:00 /);
});

test("a batch is answered line by line, the bad ones too", async () => {
  const project = new TemporaryProject();
  const rows = CASES.next.filter(({ cron }) => cron !== undefined);
  const good = rows.map((row) => JSON.stringify({ ...row, count: row.expect.length }));
  const bad = [
    '{"cron":"0 25 * * *"}',
    '{"cron":"@daily","timeZone":"fake"}',
    "no json",
    "[]",
    '{"from":"2023-10-28T00:00:00Z"}',
    '{"cron":"@daily","count":0}',
    '{"cron":"@daily","from":"yesterday"}',
    '{"cron":"@daily","inclusive":1}',
  ];
  const rest = [
    '{"cron":"0 0 30 2 *","count":3}',
    '{"cron":"@daily","from":"2026-01-01","inclusive":false}',
    '{"cron":"@daily"}',
  ];
  const answered = await project.run(["schedule", "next", "--batch"], {
    stdin: [...good, ...bad, "", ...rest].join("\n"),
    cwd: "/",
  });
  expect(answered).toMatchObject({ code: 0, stderr: "" });
  const answers = answered.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(answers.slice(0, rows.length)).toEqual(rows.map((row) => ({ ticks: row.expect })));
  expect(answers.slice(rows.length, rows.length + bad.length)).toEqual(
    ["INVALID_OPTION", "INVALID_OPTION", "USAGE", "USAGE", "USAGE", "USAGE", "USAGE", "USAGE"].map((code) => ({
      error: { code, message: expect.stringMatching(/\.$/) },
    })),
  );
  expect(answers.slice(rows.length + bad.length)).toEqual([
    { ticks: [] },
    { ticks: ["2026-01-02T00:00:00Z"] },
    { ticks: [expect.stringMatching(/T00:00:00Z$/)] },
  ]);
});

test("the schedules of a flow are told, by name and all", async () => {
  const project = new TemporaryProject({ "flows/timed.ts": TIMED });
  const all = await project.run(["schedule", "next", "timed", "--from", "2026-01-01", "--count", "1", "--json"]);
  expect(all.records).toMatchObject([
    { flow: "timed", schedule: "nightly", timeZone: "Europe/Zurich", ticks: ["2026-01-01T01:00:00Z"] },
    { flow: "timed", schedule: "busy", ticks: null },
    { flow: "timed", schedule: "moon", ticks: null },
  ]);
  const explained = await project.run(["schedule", "explain", "timed", "busy"]);
  expect(explained.stdout).toContain("busy  again and again, UTC");
  const shown = await project.run(["show", "timed"]);
  expect(shown.stdout).toContain("schedule  nightly: every day at 02:00, Europe/Zurich\n");
  const wrong = await project.run(["schedule", "next", "timed", "nightl"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "nightly"?') });
  const none = await project.run(["schedule", "next", "plain"]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("The flow plain has no schedule.") });
});

test.each([
  [["next"], "name a flow, or give --cron"],
  [["next", "timed", "--cron", "@daily"], "--cron stands for itself"],
  [["next", "timed", "--time-zone", "UTC"], "--time-zone belongs to --cron"],
  [["next", "--cron", "0 25 * * *"], 'The hour field of cron "0 25 * * *" has 25.'],
  [["next", "--cron", "@daily", "--time-zone", "fake"], 'The time zone is unknown: "fake".'],
  [["next", "--cron", "@daily", "--count", "many"], '--count cannot be "many".'],
  [["next", "--cron", "@daily", "--from", "noon"], '--from is no instant: "noon".'],
  [["next", "--cron", "@daily", "--batch"], "--batch reads what to do from standard input"],
  [["explain", "--cron", "@daily", "--batch"], "schedule explain takes no --batch."],
])("what is wrong with schedule %j is said", async (args, message) => {
  const project = new TemporaryProject();
  const wrong = await project.run(["schedule", ...args], { cwd: "/" });
  expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});
