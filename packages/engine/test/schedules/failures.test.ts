import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, offFor, openScheduled, pass, rowOf, ticksOf } from "./stage-schedules.ts";

describe("a schedule that is paused by failures", () => {
  async function failing(until: (tick: number) => boolean) {
    let calls = 0;
    const stage = await openScheduled(
      { policies: { pauseAfterFailures: 3 }, schedules: [{ catchup: { kind: "none" } }] },
      {
        plays: {
          load: () => {
            calls += 1;
            if (until(calls)) throw new Error("no disk");
            return "done";
          },
        },
      },
    );
    return stage;
  }

  test("makes no more runs after so many failed in a row, also with another leader", async () => {
    const stage = await failing(() => true);
    await pass(stage, 2 * HOUR);
    expect(await rowOf(stage)).toMatchObject({ failures: 2, paused: null });
    await offFor(stage, MINUTE);
    await pass(stage, 4 * HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00", "01T03:00"]);
    const row = await rowOf(stage);
    expect(row).toMatchObject({ failures: 3, paused: { by: "millrace", reason: "3 runs in a row failed" } });
  });

  test("goes on when somebody resumes it, and counts anew", async () => {
    const stage = await failing((call) => call <= 4);
    await pass(stage, 4 * HOUR + MINUTE);
    await stage.submit({ kind: "resume_trigger", flow: "flow", trigger: null });
    expect(await rowOf(stage)).toMatchObject({ failures: 0, paused: null });
    await pass(stage, HOUR);
    expect(await rowOf(stage)).toMatchObject({ failures: 1, paused: null });
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00", "01T03:00", "01T05:00", "01T06:00"]);
    expect(await rowOf(stage)).toMatchObject({ failures: 0, paused: null });
  });

  test("is none where the flow does not ask for it", async () => {
    const stage = await openScheduled({}, { plays: { load: () => Promise.reject(new Error("no disk")) } });
    await pass(stage, 5 * HOUR);
    expect(await ticksOf(stage)).toHaveLength(5);
    expect(await rowOf(stage)).toMatchObject({ failures: 0, paused: null });
  });
});
