import path from "node:path";
import { openStore } from "@millrace/store";
import { expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import { HostedDefinitions } from "../src/runtime/definitions.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { temporaryProject, writeProjectFiles } from "./temporary-project.ts";

const flowFile = (schedule: string): string =>
  [
    'import { businessDays, cron, customSchedule, flow, once, task } from "millrace";',
    'const work = task("work", () => 1);',
    `export default flow("timed", { schedule: ${schedule} }, () => { work(); });`,
  ].join("\n");

const holidays = (day: string): string =>
  ["BEGIN:VCALENDAR", "BEGIN:VEVENT", `DTSTART:${day}`, "END:VEVENT", "END:VCALENDAR"].join("\n");

test("a custom schedule is asked in its own process, and its mistakes are refused", async () => {
  const dir = temporaryProject({
    "flows/timed.ts": flowFile(
      'customSchedule((after) => { if (+after === 13) throw new Error("unlucky"); if (+after === 14) for (;;); return +after > 99 ? null : new Date(+after + 60) })',
    ),
  });
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  const definitions = new HostedDefinitions({ project, store, limitMs: 1_000 });
  onTestFinished(() => definitions.stop());
  const { version } = await buildVersion(project, { store });
  if (version === null) throw new Error("there is no version");
  const ask = (schedule: string, afterMs: number) =>
    definitions.nextTick({ version, flow: "timed", schedule, afterMs });
  expect(await ask("default", 40)).toBe(100);
  expect(await ask("default", 100)).toBeNull();
  await expect(ask("default", 13)).rejects.toThrow("The schedule default of timed: the function threw Error: unlucky");
  await expect(ask("default", 14)).rejects.toThrow("did not answer within 1000 ms");
  await expect(ask("other", 40)).rejects.toThrow("has no custom schedule other");
});

test("a schedule that never fires, or never again, is warned of at its line", async () => {
  const dir = temporaryProject({
    "flows/timed.ts": flowFile('[cron("0 0 30 2 *"), once("2020-01-01T06:00"), cron("@daily")]'),
  });
  const { version, diagnostics } = await buildVersion(openProject(dir, {}));
  expect(version).not.toBeNull();
  expect(diagnostics).toMatchObject([
    {
      severity: "warning",
      file: "flows/timed.ts",
      line: 3,
      message: 'The schedule "default" of timed never fires.',
      hint: expect.stringContaining("30th of February"),
    },
    {
      severity: "warning",
      message: 'The schedule "schedule-2" of timed fires no more; its last tick was 2020-01-01T06:00:00.000Z.',
      hint: expect.stringContaining("schedule explain"),
    },
  ]);
});

test("a calendar's file is read when the project is built, and a change of it makes a new version", async () => {
  const dir = temporaryProject({
    "flows/timed.ts": flowFile('cron("@daily", { calendar: businessDays({ holidays: "./days/off.ics" }) })'),
    "flows/days/off.ics": holidays("20261225"),
  });
  const project = openProject(dir, {});
  const first = await buildVersion(project);
  expect(first.flows[0]?.spec.schedules[0]?.calendar).toMatchObject({
    exclude: ["2026-12-25"],
    files: [path.join("flows", "days", "off.ics")],
  });
  writeProjectFiles(dir, { "flows/days/off.ics": holidays("20261224") });
  const second = await buildVersion(project);
  expect(second.flows[0]?.spec.schedules[0]?.calendar?.exclude).toEqual(["2026-12-24"]);
  expect(second.version).not.toBe(first.version);
});

test("a calendar's file that is missing is an error at its line", async () => {
  const dir = temporaryProject({
    "flows/timed.ts": flowFile('cron("@daily", { calendar: businessDays({ holidays: "./off.ics" }) })'),
  });
  const { diagnostics } = await buildVersion(openProject(dir, {}));
  expect(diagnostics).toMatchObject([{ severity: "error", code: "MISSING_FILE", file: "flows/timed.ts", line: 3 }]);
});

test("what could never make a run, or never stop making them, is refused at its line", async () => {
  const schema = [
    'const params = { "~standard": { version: 1, vendor: "test", validate: (value: { region?: string }) =>',
    '  value.region ? { value } : { issues: [{ message: "is missing", path: ["region"] }] } } } as never;',
  ].join("\n");
  const dir = temporaryProject({
    "flows/timed.ts": [
      'import { cron, flow, task } from "millrace";',
      'const work = task("work", () => 1);',
      schema,
      'export default flow("timed", {',
      "  params,",
      "  schedule: [",
      '    cron("@daily", { params: { region: "eu" } as never }),',
      '    cron("@hourly", { params: { regoin: "eu" } as never }),',
      "  ],",
      "}, () => { work(); });",
      'export const plain = flow("plain", { schedule: cron("@daily", { params: { region: "eu" } as never }) }, () => { work(); });',
    ].join("\n"),
    "flows/ring.ts": [
      'import { flow, onFlow, task } from "millrace";',
      'const work = task("work", () => 1);',
      'export const load = flow("load", { triggers: onFlow("clean") }, () => { work(); });',
      'export const clean = flow("clean", { triggers: onFlow(load, { states: "failed" }) }, () => { work(); });',
      'export const report = flow("report", { triggers: onFlow(load) }, () => { work(); });',
    ].join("\n"),
  });
  const { flows, diagnostics } = await buildVersion(openProject(dir, {}));
  expect(flows.map(({ spec }) => spec.name)).toEqual(["report"]);
  const error = { severity: "error" };
  expect(diagnostics).toMatchObject([
    {
      ...error,
      code: "CYCLE",
      file: "flows/ring.ts",
      line: 3,
      message: expect.stringContaining("clean -> load -> clean"),
    },
    {
      ...error,
      code: "INVALID_PARAMS",
      file: "flows/timed.ts",
      line: 12,
      message: expect.stringContaining("takes no"),
    },
    {
      ...error,
      code: "INVALID_PARAMS",
      file: "flows/timed.ts",
      line: 9,
      message: expect.stringContaining("region: is missing"),
    },
  ]);
});
