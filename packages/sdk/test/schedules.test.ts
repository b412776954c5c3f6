import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decode, type ScheduleSpec } from "@millrace/core";
import { zoneOf } from "@millrace/core/time";
import {
  businessDays,
  calendar,
  continuous,
  cron,
  customSchedule,
  every,
  flow,
  once,
  rrule,
  task,
  webhook,
} from "@millrace/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const work = task("work", () => 1);
const build = (): void => void work();

/** The schedules that a flow makes of the option. */
function schedulesOf(schedule: NonNullable<Parameters<typeof flow>[1]>): readonly ScheduleSpec[] {
  return flow("timed", schedule as object, build).spec.schedules;
}

const one = (schedule: unknown): ScheduleSpec => {
  const [spec] = schedulesOf({ schedule } as never);
  if (spec === undefined) throw new Error("no schedule");
  return spec;
};

const instant = (text: string): number => Date.parse(text);

describe("the schedules of a flow", () => {
  it("are complete, and named by their places", () => {
    const specs = schedulesOf({
      schedule: [cron("0 6 * * *"), every("15m", { name: "often" }), cron("@daily")],
    } as never);
    expect(specs.map(({ name }) => name)).toEqual(["default", "often", "schedule-3"]);
    expect({ ...specs[0], place: null }).toEqual({
      name: "default",
      timing: { kind: "cron", expression: "0 6 * * *" },
      timeZone: "UTC",
      calendar: null,
      params: null,
      catchup: { kind: "newest" },
      catchupOrder: "oldest",
      startMs: null,
      endMs: null,
      place: null,
    });
    expect(specs[0]?.place?.file).toBe("packages/sdk/test/schedules.test.ts");
    expect(JSON.parse(JSON.stringify(specs[0]))).toMatchObject({ name: "default", calendar: null });
  });

  it("take what is said about any of them", () => {
    const spec = one(
      cron("0 6 * * *", {
        timeZone: "Europe/Zurich",
        params: { region: "eu" },
        catchup: { within: "7d" },
        catchupOrder: "newest",
        start: "2026-07-01",
        end: new Date("2027-01-01"),
      }),
    );
    expect(spec).toMatchObject({
      timeZone: "Europe/Zurich",
      catchup: { kind: "within", ms: 604_800_000 },
      catchupOrder: "newest",
      startMs: instant("2026-06-30T22:00:00Z"),
      endMs: instant("2027-01-01"),
    });
    expect(decode(spec.params ?? ("null" as never))).toEqual({ region: "eu" });
    expect(one(cron("@daily", { catchup: "all" })).catchup).toEqual({ kind: "all" });
    expect(one(cron("@daily", { catchup: { last: 3 } })).catchup).toEqual({ kind: "last", count: 3 });
  });

  it.each([
    [every("15m"), { kind: "every", amount: 900_000, unit: "ms", anchorMs: 0 }],
    [every(90_000), { kind: "every", amount: 90_000, unit: "ms", anchorMs: 0 }],
    [
      every("48h", { anchor: "2023-03-24T09:00:00Z" }),
      { kind: "every", amount: 172_800_000, unit: "ms", anchorMs: instant("2023-03-24T09:00:00Z") },
    ],
    [every("2d", { timeZone: "Europe/Zurich" }), { kind: "every", amount: 2, unit: "day", anchorMs: -3_600_000 }],
    [every("1w"), { kind: "every", amount: 1, unit: "week", anchorMs: instant("1970-01-05") }],
    [every(" 3 mo "), { kind: "every", amount: 3, unit: "month", anchorMs: 0 }],
    [rrule("FREQ=DAILY"), { kind: "rrule", rule: "FREQ=DAILY" }],
    [once("2026-12-31T23:59", { timeZone: "Europe/Zurich" }), { kind: "once", atMs: instant("2026-12-31T22:59:00Z") }],
    [continuous(), { kind: "continuous", pauseMs: 0 }],
    [continuous({ pause: "30s" }), { kind: "continuous", pauseMs: 30_000 }],
    [customSchedule(() => undefined), { kind: "custom" }],
  ])("know their timing: %#", (schedule, timing) => {
    expect(one(schedule).timing).toEqual(timing);
  });

  it("leave to their flow how many runs go on", () => {
    const { policies } = flow("timed", { maxActiveRuns: 3, overlap: "skip", dependsOnPast: true }, build).spec;
    expect(policies).toMatchObject({ maxActiveRuns: 3, overlap: "skip", dependsOnPast: true });
    expect(flow("timed", build).spec.policies).toMatchObject({
      maxActiveRuns: 16,
      overlap: "queue",
      dependsOnPast: false,
    });
  });
});

describe("a point in time without an offset", () => {
  it.each(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"])(
    "is on the clock of %s, as the rules of its zone have it",
    (timeZone) => {
      const zone = zoneOf(timeZone);
      let changeMs = instant("2024-01-01");
      for (let changes = 0; changes < 6; changes += 1) {
        changeMs = zone.changeAfter(changeMs) ?? changeMs + 86_400_000;
        for (let away = -180; away <= 180; away += 15) {
          const localMs = zone.toLocal(changeMs) + away * 60_000;
          const text = new Date(localMs).toISOString().slice(0, 16);
          expect([text, one(once(text, { timeZone })).timing]).toEqual([
            text,
            { kind: "once", atMs: zone.toInstant(localMs) },
          ]);
        }
      }
    },
  );
});

describe("a custom schedule", () => {
  const ask = (next: Parameters<typeof customSchedule>[0], afterMs: number): Promise<number | null> | undefined =>
    flow("timed", { schedule: customSchedule(next) }, build).schedules?.["default"]?.nextTick(afterMs);

  it("asks its function", async () => {
    expect(await ask((after) => new Date(after.getTime() + 5), 1_000)).toBe(1_005);
    expect(await ask(async (after) => ({ epochMilliseconds: after.getTime() + 7 }), 1_000)).toBe(1_007);
    expect(await ask(() => undefined, 1_000)).toBeNull();
    expect(await ask(() => null, 1_000)).toBeNull();
  });

  it("refuses what is no instant", async () => {
    await expect(ask(() => new Date("x"), 1_000)).rejects.toThrow(
      'The function of schedule "default" of flow "timed" gave',
    );
    await expect(ask((() => "noon") as never, 1_000)).rejects.toThrow('gave "noon"');
  });
});

describe("a calendar", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "millrace-calendar-"));
    const lines = [
      "BEGIN:VCALENDAR",
      "BEGIN:VEVENT",
      "DTSTART:20260101",
      "RRULE:FREQ=YEARLY",
      "END:VEVENT",
      "END:VCALENDAR",
    ];
    writeFileSync(path.join(folder, "holidays.ics"), lines.join("\n"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("counts weekdays, but for some days and with others", () => {
    const days = calendar({ weekdays: ["thu", "mon"], exclude: ["2026-12-24"], include: ["2026-12-26"], roll: "next" });
    expect(one(cron("@daily", { calendar: days })).calendar).toEqual({
      weekdays: [1, 4],
      exclude: ["2026-12-24"],
      include: ["2026-12-26"],
      roll: "next",
    });
    expect(one(cron("@daily", { calendar: businessDays() })).calendar?.weekdays).toEqual([1, 2, 3, 4, 5]);
    expect(one(cron("@daily", { calendar: calendar({}) })).calendar?.weekdays).toHaveLength(7);
  });

  it("reads holidays from a file when it is asked for", () => {
    const holidays = path.join(folder, "holidays.ics");
    const spec = one(
      cron("@daily", { calendar: businessDays({ holidays, holidaysUntil: "2028-12-31", exclude: ["2026-12-24"] }) }),
    );
    expect(spec.calendar?.exclude).toEqual(["2026-01-01", "2026-12-24", "2027-01-01", "2028-01-01"]);
    expect(spec.calendar?.files?.[0]).toMatch(/holidays\.ics$/);
    // A worker may not have it.
    const missing = one(cron("@daily", { calendar: businessDays({ holidays: "./missing.ics" }) }));
    expect(() => missing.calendar).toThrow(
      expect.objectContaining({
        code: "MISSING_FILE",
        message: expect.stringMatching(/missing\.ics .*schedules\.test\.ts:\d+/),
      }),
    );
  });
});

describe("what cannot be meant is refused at its line", () => {
  const scheduled =
    (schedule: () => unknown, options: object = {}) =>
    (): unknown =>
      flow("timed", { schedule: schedule(), ...options } as never, build);

  it.each<[string, () => unknown, string]>([
    ["a bad field", scheduled(() => cron("0 25 * * *")), 'The hour field of cron "0 25 * * *" has 25'],
    [
      "an unknown zone",
      scheduled(() => cron("@daily", { timeZone: "Europe/Zurch" })),
      'The time zone of a cron schedule is unknown: "Europe/Zurch"',
    ],
    ["an interval of zero", scheduled(() => every("0m")), 'The interval of every() is "0m"'],
    ["a negative interval", scheduled(() => every("-1m")), 'The interval of every() is negative: "-1m"'],
    ["an interval of zero days", scheduled(() => every("0d")), 'The interval of every() is "0d"'],
    ["days mixed with hours", scheduled(() => every("1d12h")), 'The interval of every() is "1d12h"'],
    ["an interval too short", scheduled(() => every(10)), "The interval of every() is 10"],
    [
      "a bad anchor",
      scheduled(() => every("1h", { anchor: "noon" })),
      'The `anchor` of an interval is no point in time: "noon"',
    ],
    ["a bad rule", scheduled(() => rrule("FREQ=DAILYBAD")), "The rrule has the unknown FREQ DAILYBAD"],
    [
      "a rule of an unknown zone",
      scheduled(() => rrule("DTSTART;TZID=Mars:20260101\nRRULE:FREQ=DAILY")),
      'The TZID of the rrule is unknown: "Mars"',
    ],
    ["a rule that is no text", scheduled(() => rrule(7 as never)), "The rule of rrule() is 7"],
    ["a day that is none", scheduled(() => once("2026-02-30")), 'The time of once() is no point in time: "2026-02-30"'],
    ["a time that is no text", scheduled(() => once(5 as never)), "The time of once() is no point in time: 5"],
    [
      "a start after the end",
      scheduled(() => cron("@daily", { start: "2027-01-01", end: new Date(0) })),
      "The `start` of a cron schedule is 2027-01-01, and its `end` 1970-01-01T00:00:00.000Z",
    ],
    [
      "an unknown option",
      scheduled(() => cron("@daily", { timezone: "UTC" } as never)),
      'a cron schedule has no option "timezone"',
    ],
    ["options that are none", scheduled(() => cron("@daily", null as never)), "The options of a cron schedule is null"],
    [
      "a catchup that is none",
      scheduled(() => cron("@daily", { catchup: "some" as never })),
      'The `catchup` of a cron schedule is "some"',
    ],
    [
      "two catchups",
      scheduled(() => cron("@daily", { catchup: { last: 1, within: "1d" } as never })),
      "The `catchup` of a cron schedule is",
    ],
    [
      "an order that is none",
      scheduled(() => cron("@daily", { catchupOrder: "random" as never })),
      'The `catchupOrder` of a cron schedule is "random"',
    ],
    [
      "a function that is none",
      scheduled(() => customSchedule("x" as never)),
      'The argument of customSchedule() is "x"',
    ],
    ["no schedule", scheduled(() => "0 6 * * *"), 'The option "schedule" of flow "timed" is "0 6 * * *"'],
    [
      "two of one name",
      scheduled(() => [cron("@daily", { name: "a" }), cron("@daily", { name: "a" })]),
      'flow "timed" has two schedules called "a"; the first is at',
    ],
    [
      "a name that is none",
      scheduled(() => cron("@daily", { name: "a b" })),
      'This is not a name for a schedule: "a b"',
    ],
    [
      "newest first with dependsOnPast",
      scheduled(() => cron("@daily", { catchupOrder: "newest" }), { dependsOnPast: true }),
      "makes up for the newest ticks first, and the flow has dependsOnPast",
    ],
    [
      "cancel_running with dependsOnPast",
      scheduled(() => [], { dependsOnPast: true, overlap: "cancel_running" }),
      'flow "timed" has both dependsOnPast and overlap "cancel_running"',
    ],
    [
      "an overlap that is none",
      scheduled(() => [], { overlap: "kill" }),
      'The option "overlap" of flow "timed" is "kill"',
    ],
    [
      "dependsOnPast that is none",
      scheduled(() => [], { dependsOnPast: 1 }),
      'The option "dependsOnPast" of flow "timed" is 1',
    ],
    ["no runs at all", scheduled(() => [], { maxActiveRuns: 0 }), 'The option "maxActiveRuns" of flow "timed" is 0'],
    [
      "a calendar that is none",
      scheduled(() => cron("@daily", { calendar: {} as never })),
      "The `calendar` of a cron schedule is",
    ],
    [
      "a calendar without days",
      scheduled(() => cron("@daily", { calendar: calendar({ weekdays: [] }) })),
      "The calendar has no day that counts",
    ],
    ["no options of a calendar", () => calendar(null as never), "The calendar is null"],
    [
      "an unknown option of a calendar",
      () => calendar({ holiday: "x" } as never),
      'a calendar has no option "holiday"',
    ],
    [
      "an unknown weekday",
      () => calendar({ weekdays: ["monday" as never] }),
      'The `weekdays` of a calendar is "monday"',
    ],
    [
      "weekdays that are no list",
      () => calendar({ weekdays: "mon" as never }),
      'The `weekdays` of a calendar is "mon"',
    ],
    [
      "days that are no list",
      () => calendar({ exclude: "2026-12-24" as never }),
      'The `exclude` of a calendar is "2026-12-24"',
    ],
    [
      "a day that is none in a calendar",
      () => calendar({ exclude: ["2026-02-30"] }),
      'The `exclude` of a calendar is "2026-02-30"',
    ],
    ["a roll that is none", () => calendar({ roll: "up" as never }), 'The `roll` of a calendar is "up"'],
    [
      "moving ticks of an interval",
      scheduled(() => every("1h", { calendar: businessDays({ roll: "next" }) })),
      'The `calendar` of a schedule by interval moves ticks to another day (roll: "next")',
    ],
    [
      "a trigger with a schedule's name",
      scheduled(() => cron("@daily", { name: "hook" }), { triggers: webhook({ name: "hook", secret: null }) }),
      'called "hook"',
    ],
  ])("%s", (_what, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        name: "MillraceError",
        message: expect.stringContaining(message),
        frame: expect.stringContaining(">"),
      }),
    );
  });
});
