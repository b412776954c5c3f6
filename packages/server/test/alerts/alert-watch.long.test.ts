import { type FlowSpec, testMessage, toErrorInfo } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AlertSender } from "../../src/alerts/alert-sender.ts";
import { settingsOf } from "../../src/alerts/alert-settings.ts";
import { waiting } from "../../src/alerts/alert-watch.ts";
import { type Answer, webReceiver } from "./receivers.ts";
import { backfillRow, HOUR, MINUTE, rule, START, triggerRow, WatchedProject } from "./watched-project.ts";

async function begun() {
  const project = await WatchedProject.open();
  const watch = project.watch();
  await project.look(watch);
  return { project, watch };
}

/** When a message about what was just seen is made. */
const QUIET = 10_000;

describe("runs", () => {
  test("that fail and recover are told of, with the reason and a link", async () => {
    const { project, watch } = await begun();
    const failed = await project.run("failed", { error: toErrorInfo(new Error("no disk\nleft")) });
    await project.look(watch, 200);
    expect(await project.titles()).toEqual([]);
    await project.look(watch, QUIET);
    await project.run("success");
    await project.look(watch, 200);
    await project.look(watch, QUIET);
    expect(await project.titles()).toEqual([
      "orders failed: no disk left",
      "orders recovered after 1 failed run, 10.2 s after the first",
    ]);
    const [first] = await project.deliveries();
    expect(first?.message.url).toBe(`https://mill.example.org/runs/${failed.id}`);
  });

  test("that failed before anybody watched are not", async () => {
    const project = await WatchedProject.open();
    await project.run("failed");
    const watch = project.watch();
    await project.look(watch);
    await project.look(watch, HOUR);
    expect(await project.titles()).toEqual([]);
  });

  test("that fail by the hundred within a minute are one message", async () => {
    const { project, watch } = await begun();
    const failed = ["a", "b", "c", "d"].map((flow) => ({ flow, state: "failed" as const }));
    for (let second = 0; second < 50; second += 10) {
      await project.runs([...failed, ...failed, ...failed, ...failed, ...failed]);
      await project.look(watch, 9_000);
    }
    await project.look(watch, QUIET);
    const [only, ...others] = await project.deliveries();
    expect(others).toEqual([]);
    expect(only?.message).toMatchObject({ title: "100 runs failed in 4 flows", count: 100 });
    expect(only?.message.lines).toHaveLength(10);
  });

  test("are told by the flow's owner to whom it concerns", async () => {
    const { project, watch } = await begun();
    project.flows = [{ name: "orders", owner: "ada", tags: [], policies: {} as FlowSpec["policies"] }];
    project.rules = [rule({ name: "ada", owners: ["ada"] }), rule({ name: "grace", owners: ["grace"] })];
    await project.run("failed");
    await project.run("failed", { flow: "others" });
    await project.look(watch, 200);
    await project.look(watch, QUIET);
    expect((await project.deliveries()).map(({ rule: name, message }) => [name, message.count])).toEqual([["ada", 1]]);
  });

  test("of a flow that goes on failing are told as seldom as a rule says, until it recovers", async () => {
    const { project, watch } = await begun();
    project.rules = [rule({ repeatMs: HOUR })];
    for (const state of ["failed", "failed", "failed", "success", "failed"] as const) {
      await project.run(state);
      for (const ms of [200, QUIET, 25 * MINUTE]) await project.look(watch, ms);
    }
    expect(await project.titles()).toEqual([
      "orders failed",
      expect.stringMatching(/^orders recovered after 3 failed runs/),
      "orders failed",
    ]);
  });

  test("are not lost and not told twice when whoever watches is gone in between", async () => {
    const { project, watch } = await begun();
    await project.run("failed", { flow: "seen" });
    await project.look(watch, 200);
    // It dies with a group open, and another failure not seen.
    await project.run("failed", { flow: "unseen" });
    const next = project.watch({ hears: false });
    await project.look(next, MINUTE);
    await project.look(next, QUIET);
    const [told] = await project.deliveries();
    expect(told?.message).toMatchObject({ title: "2 runs failed in 2 flows" });
    // The former one was only away, and does not know it.
    await project.look(watch, QUIET);
    await project.look(watch, MINUTE);
    expect(await project.deliveries()).toHaveLength(1);
  });

  test("are not told of by processes that do not lead, or when nobody wants to know", async () => {
    const { project, watch } = await begun();
    project.isLeading = false;
    await project.run("failed");
    await project.look(watch, HOUR);
    expect(await project.titles()).toEqual([]);
    project.isLeading = true;
    project.rules = [];
    await project.look(watch, HOUR);
    project.rules = [rule()];
    await project.look(watch, MINUTE);
    await project.look(watch, MINUTE);
    expect(await project.titles()).toEqual([]);
  });

  test("are read from the store, page by page, where nobody handed them over", async () => {
    const project = await WatchedProject.open();
    const watch = project.watch({ hears: false });
    await project.look(watch);
    await project.runs([...Array.from({ length: 600 }, () => ({ state: "success" as const })), { state: "failed" }]);
    await project.look(watch, MINUTE);
    await project.look(watch, QUIET);
    expect(await project.titles()).toEqual(["orders failed"]);
  });
});

describe("what no event tells of", () => {
  test("a run that is late is told of once for its start and once for its end", async () => {
    const { project, watch } = await begun();
    const policies = { deadline: { startMs: 5 * MINUTE, endMs: HOUR } } as FlowSpec["policies"];
    project.flows = [{ name: "orders", owner: null, tags: [], policies }];
    const run = project.row({ state: "queued", startedAtMs: null, scheduledAtMs: START });
    await project.commit({ runs: [run] });
    for (const ms of [6 * MINUTE, QUIET, MINUTE, QUIET]) await project.look(watch, ms);
    expect(await project.titles()).toEqual(["orders has not started 6m 00s after its time; 5m 00s are allowed"]);
    await project.run("success", { ...run, startedAtMs: START + 8 * MINUTE, endedAtMs: START + 2 * HOUR });
    for (const ms of [200, QUIET, QUIET]) await project.look(watch, ms);
    expect((await project.titles()).slice(1)).toEqual(["orders ended 2h 00m after its time; 1h 00m are allowed"]);
  });

  test("a run that goes on far longer than others is stuck", async () => {
    const { project, watch } = await begun();
    for (let run = 0; run < 5; run += 1)
      await project.run("success", { startedAtMs: START - MINUTE, endedAtMs: START });
    await project.commit({ runs: [project.row()] });
    for (const ms of [9 * MINUTE, 2 * MINUTE, QUIET, HOUR, QUIET]) await project.look(watch, ms);
    expect(await project.titles()).toEqual([expect.stringContaining("orders has been running for 11m 00s")]);
  });

  test("backfills, schedules and sensors", async () => {
    const { project, watch } = await begun();
    const paused = { atMs: START, by: "millrace", reason: "3 runs in a row failed" };
    const reason = "no route to host";
    const tick = { flow: "orders", trigger: "inbox", atMs: START, key: "", run: null, log: null, decidedAtMs: START };
    await project.commit({
      backfills: [backfillRow({ endedAtMs: START + 1, state: "success" })],
      triggers: [triggerRow({ paused }), triggerRow({ name: "inbox", kind: "sensor", failures: 4 })],
      ticks: [{ ...tick, outcome: "failed", reason }],
    });
    for (const ms of [MINUTE, QUIET, 2 * HOUR, QUIET]) await project.look(watch, ms);
    const told = [
      "orders has a backfill that succeeded: 3 runs",
      'orders was paused, its schedule "default": 3 runs in a row failed',
      'orders has a sensor "inbox" that failed 4 times in a row: no route to host',
    ];
    expect(await project.titles()).toEqual(expect.arrayContaining(told));
    expect(await project.titles()).toHaveLength(3);
    // It works, and fails again: that is news.
    await project.commit({ triggers: [triggerRow({ name: "inbox", kind: "sensor" })] });
    await project.look(watch, QUIET);
    await project.commit({ triggers: [triggerRow({ name: "inbox", kind: "sensor", failures: 3 })] });
    for (const ms of [QUIET, QUIET]) await project.look(watch, ms);
    expect(await project.titles()).toHaveLength(4);
  });

  test("a tick that has to wait for room is late as well", async () => {
    const { project, watch } = await begun();
    const policies = { deadline: { startMs: 5 * MINUTE, endMs: null } } as FlowSpec["policies"];
    project.flows = [{ name: "orders", owner: null, tags: [], policies }];
    const owed = [{ afterMs: START - 1, untilMs: START, order: "oldest", live: true } as const];
    await project.commit({ triggers: [triggerRow({ owed })] });
    for (const ms of [6 * MINUTE, QUIET, MINUTE]) await project.look(watch, ms);
    expect(await project.titles()).toEqual([
      expect.stringContaining('has no run for a tick of its schedule "default"'),
    ]);
  });
});

describe("whoever sends", () => {
  async function sending(answers: readonly Answer[]) {
    const receiver = await webReceiver(answers);
    const project = await WatchedProject.open();
    const url = { kind: "plain", text: receiver.url } as const;
    project.rules = [rule({ channels: [{ kind: "slack", name: "slack", url, privateNetwork: true }] })];
    const message = testMessage("on-call", { nowMs: START, publicUrl: null });
    const delivery = waiting({ id: "A1", rule: "on-call", channel: "slack", message, madeAtMs: START });
    await project.store.alerts.add(delivery);
    const sender = new AlertSender({
      store: project.store,
      clock: project.clock,
      settings: async () => settingsOf({ alerts: project.rules }, []),
      isLeading: () => project.isLeading,
      readVault: async () => "",
      env: {},
      onGivenUp: () => undefined,
      onError: (error) => project.errors.push(error),
    });
    const round = async (afterMs: number): Promise<number> => {
      project.clock.pass(afterMs);
      sender.start();
      await sender.stop();
      expect(project.errors).toEqual([]);
      return receiver.received.length;
    };
    return { project, delivery, round };
  }

  test("leaves a message to who has it, and takes it when that one is gone", async () => {
    const { project, delivery, round } = await sending([]);
    project.isLeading = false;
    expect(await round(0)).toBe(0);
    project.isLeading = true;
    await project.store.alerts.change(delivery, { ...delivery, nextAtMs: START + MINUTE });
    expect(await round(0)).toBe(0);
    expect(await round(MINUTE)).toBe(1);
    expect(await round(MINUTE)).toBe(1);
  });

  test("waits before it tries again, and removes what ended long ago", async () => {
    const { project, round } = await sending([{ status: 500 }]);
    expect(await round(0)).toBe(1);
    expect(await round(4_000)).toBe(1);
    expect(await round(1_000)).toBe(2);
    expect((await project.store.alerts.find("A1"))?.state).toBe("sent");
    await round(31 * 24 * HOUR);
    expect(await project.deliveries()).toEqual([]);
  });
});
