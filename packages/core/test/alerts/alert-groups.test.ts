import {
  type AlertGroup,
  type AlertRule,
  alertLine,
  channelSecrets,
  type FailingFlow,
  gatherAlert,
  groupDueAtMs,
  isAbout,
  isTrouble,
  leftOutText,
  messageOf,
  tellFailure,
  testMessage,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { alert, HOUR, rule } from "./alerts-kit.ts";

describe("a rule", () => {
  test.each([
    ["its kind", { on: ["run.late"] }, false],
    ["a pattern of flows", { flows: ["billing/*", "ord*"] }, true],
    ["other flows", { flows: ["billing/*"] }, false],
    ["its owner", { owners: ["ada"] }, true],
    ["another owner", { owners: ["grace"] }, false],
    ["one of its tags", { tags: ["shop", "web"] }, true],
    ["other tags", { tags: ["web"] }, false],
  ] satisfies readonly [string, Partial<AlertRule>, boolean][])("looks at %s", (_what, changed, expected) => {
    expect(isAbout(rule(changed), alert({ owner: "ada", tags: ["shop"] }))).toBe(expected);
  });

  test("for owners leaves out flows that have none", () => {
    expect(isAbout(rule({ owners: ["ada"] }), alert())).toBe(false);
  });

  test("names the stored secrets that its channels need", () => {
    const url = { kind: "stored", name: "url" } as const;
    const plain = { kind: "plain", text: "x" } as const;
    const password = { kind: "stored", name: "password" } as const;
    const web = { name: "a", url, privateNetwork: false };
    const smtp = { host: "mail", port: 25, tls: "none" } as const;
    const mail = { kind: "email", name: "a", from: "a@b", to: ["c@d"] } as const;
    expect(channelSecrets({ kind: "slack", ...web })).toEqual(["url"]);
    expect(channelSecrets({ kind: "webhook", ...web, secret: null })).toEqual(["url"]);
    expect(channelSecrets({ kind: "webhook", ...web, url: plain, secret: password })).toEqual(["password"]);
    expect(channelSecrets({ ...mail, smtp: { ...smtp, login: null } })).toEqual([]);
    expect(channelSecrets({ ...mail, smtp: { ...smtp, login: { user: plain, password } } })).toEqual(["password"]);
  });
});

describe("alerts that come together", () => {
  test("are one group for each rule and kind", () => {
    const rules = [rule(), rule({ name: "shop", flows: ["orders"] }), rule({ name: "late", on: ["run.late"] })];
    let groups: readonly AlertGroup[] = [];
    for (const [nowMs, flow] of [
      [1, "orders"],
      [5, "stock"],
      [9, "orders"],
    ] as const) {
      groups = gatherAlert(groups, rules, { alert: alert({ flow }), nowMs });
    }
    const late = alert({ kind: "run.late" });
    groups = gatherAlert(groups, rules, { alert: late, nowMs: 9 });
    expect(
      groups.map(({ rule: name, kind, count, flows, openedAtMs, lastAtMs }) => [
        name,
        kind,
        count,
        flows,
        openedAtMs,
        lastAtMs,
      ]),
    ).toEqual([
      ["on-call", "run.failed", 3, ["orders", "stock"], 1, 9],
      ["shop", "run.failed", 2, ["orders"], 1, 9],
      ["late", "run.late", 1, ["orders"], 9, 9],
    ]);
  });

  test("wait for others, but not for ever", () => {
    const [first] = gatherAlert([], [rule()], { alert: alert(), nowMs: 0 }) as [AlertGroup];
    expect(groupDueAtMs(first, rule())).toBe(10_000);
    expect(groupDueAtMs({ ...first, lastAtMs: 55_000 }, rule())).toBe(60_000);
  });

  test("are counted beyond the first ten, and their flows beyond the first hundred not told apart", () => {
    let groups: readonly AlertGroup[] = [];
    for (let run = 0; run < 120; run += 1) {
      const one = alert({ flow: `flow-${run}`, about: { kind: "run", id: `R${run}` } });
      groups = gatherAlert(groups, [rule()], { alert: one, nowMs: run });
    }
    const [group] = groups as [AlertGroup];
    expect([group.count, group.first.length, group.flows.length]).toEqual([120, 10, 100]);
    const message = messageOf(group, null);
    expect(message.title).toBe("120 runs failed in 100 flows");
    expect(leftOutText(message)).toBe("and 110 more");
  });
});

describe("a flow that goes on failing", () => {
  const each = rule({ name: "each" });
  const seldom = rule({ name: "seldom", repeatMs: HOUR });
  const others = rule({ name: "others", repeatMs: HOUR, flows: ["stock"] });
  const tell = (failing: FailingFlow, nowMs: number) => {
    const told = tellFailure([each, seldom, others], failing, { alert: alert(), nowMs });
    return [told.rules.map(({ name }) => name).filter((name) => name !== "others"), told.failing.toldAtMs];
  };

  test("is told of again after a while, by rules that say so", () => {
    const begun = { sinceMs: 0, runs: 1 };
    expect(tell(begun, 5)).toEqual([["each", "seldom"], { seldom: 5 }]);
    const told = { ...begun, runs: 2, toldAtMs: { seldom: 5 } };
    expect(tell(told, HOUR)).toEqual([["each"], { seldom: 5 }]);
    expect(tell(told, HOUR + 5)).toEqual([["each", "seldom"], { seldom: HOUR + 5 }]);
    expect(tell(told, 4)).toEqual([["each", "seldom"], { seldom: 4 }]);
  });
});

describe("a message", () => {
  const [group] = gatherAlert([], [rule()], { alert: alert({ text: "failed: no disk" }), nowMs: 5 }) as [AlertGroup];

  test("about one thing says it in its title, and leads to it", () => {
    const message = messageOf(group, "https://mill.example");
    expect(message).toMatchObject({
      title: "orders failed: no disk",
      atMs: 1_000,
      count: 1,
      url: "https://mill.example/runs/R1",
    });
    expect(leftOutText(message)).toBe("");
    expect(alertLine(alert())).toBe("orders failed");
  });

  test("about several leads to the front, and each line to its own", () => {
    const about = { kind: "backfill", id: "B1" } as const;
    const [both] = gatherAlert([group], [rule()], { alert: alert({ flow: "a/b", about }), nowMs: 6 }) as [AlertGroup];
    const message = messageOf(both, "https://mill.example");
    expect([message.title, message.url]).toEqual(["2 runs failed in 2 flows", "https://mill.example/"]);
    expect(message.lines[1]?.url).toBe("https://mill.example/flows/a%2Fb");
    const [same] = gatherAlert([group], [rule()], { alert: alert(), nowMs: 6 }) as [AlertGroup];
    expect(messageOf(same, null)).toMatchObject({ title: "2 runs failed: orders", url: null });
  });

  test("of a group that names nothing counts", () => {
    expect(messageOf({ ...group, first: [] }, "https://mill.example")).toMatchObject({
      title: "1 run failed: orders",
      atMs: 5,
      url: "https://mill.example/",
    });
  });

  test("says whether it is trouble", () => {
    expect(
      (["run.failed", "sensor.failing", "run.recovered", "backfill.done", "test"] as const).map(isTrouble),
    ).toEqual([true, true, false, false, false]);
  });

  test("may be a test", () => {
    expect(testMessage("on-call", { nowMs: 7, publicUrl: null })).toMatchObject({ kind: "test", atMs: 7, url: null });
    expect(testMessage("on-call", { nowMs: 7, publicUrl: "https://m" }).url).toBe("https://m/");
  });
});
