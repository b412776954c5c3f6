import {
  type AlertDelivery,
  type AlertState,
  afterTry,
  makeAlertId,
  NO_ALERTS,
  takeNews,
  testMessage,
  triedAgain,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "./alerts-kit.ts";

const WAITING: AlertDelivery = {
  id: "A1",
  rule: "on-call",
  channel: "slack",
  state: "waiting",
  message: testMessage("on-call", { nowMs: 0, publicUrl: null }),
  madeAtMs: 0,
  nextAtMs: 0,
  endedAtMs: null,
  tries: [],
};
const FAILED = { kind: "failed", text: "500", retryAfterMs: null } as const;

describe("a delivery", () => {
  test("that was taken is done", () => {
    const sent = afterTry(WAITING, { kind: "sent", text: "200" }, 5);
    expect(sent).toMatchObject({
      state: "sent",
      nextAtMs: null,
      endedAtMs: 5,
      tries: [{ atMs: 5, ok: true, text: "200" }],
    });
  });

  test("is tried for about a day, ever more seldom, and then given up", () => {
    let delivery = WAITING;
    const atMs: number[] = [];
    while (delivery.nextAtMs !== null) {
      atMs.push(delivery.nextAtMs);
      delivery = afterTry(delivery, FAILED, delivery.nextAtMs);
    }
    expect(atMs.slice(0, 4)).toEqual([0, 5_000, 35_000, 35_000 + 2 * MINUTE]);
    expect(delivery).toMatchObject({ state: "failed", endedAtMs: atMs.at(-1) });
    expect(delivery.tries).toHaveLength(11);
    expect(Math.round((atMs.at(-1) ?? 0) / HOUR)).toBe(24);
  });

  test("waits as long as it is asked to, within reason", () => {
    expect(afterTry(WAITING, { ...FAILED, retryAfterMs: MINUTE }, 0).nextAtMs).toBe(MINUTE);
    expect(afterTry(WAITING, { ...FAILED, retryAfterMs: 100 * HOUR }, 0).nextAtMs).toBe(8 * HOUR);
  });

  test("that is refused for good is given up at once, until somebody wants it tried again", () => {
    const refused = afterTry(WAITING, { kind: "refused", text: "410" }, 5);
    expect(refused).toMatchObject({ state: "failed", endedAtMs: 5 });
    expect(triedAgain(refused, 9)).toMatchObject({
      state: "waiting",
      nextAtMs: 9,
      endedAtMs: null,
      tries: refused.tries,
    });
  });
});

describe("what was told", () => {
  const news = (told: AlertState["told"], holding: readonly string[], nowMs: number) =>
    takeNews(told, new Set(holding), { nowMs, isAll: true });

  test("is told once as long as it holds, and again when it did not for a while", () => {
    const first = news(NO_ALERTS.told, ["a", "b"], 0);
    expect([...first.news]).toEqual(["a", "b"]);
    const same = news(first.told, ["a", "b"], MINUTE);
    expect([same.news.size, same.told]).toEqual([0, first.told]);
    expect(same.told).toBe(first.told);
    const later = news(first.told, ["a"], 30 * MINUTE);
    expect(later.told).toEqual({ a: 30 * MINUTE, b: 0 });
    const muchLater = news(later.told, ["a"], 61 * MINUTE);
    expect(muchLater.told).toEqual({ a: 61 * MINUTE });
    expect([...news(muchLater.told, ["b"], 62 * MINUTE).news]).toEqual(["b"]);
  });

  test("is written down anew when something is forgotten", () => {
    expect(news({ a: 0 }, [], 2 * HOUR).told).toEqual({});
    expect(takeNews({ a: 0 }, new Set(), { nowMs: 2 * HOUR, isAll: false }).told).toEqual({ a: 0 });
  });
});

test("ids of deliveries are in the order of time", () => {
  expect(makeAlertId(1, () => 0.99) < makeAlertId(2, () => 0)).toBe(true);
  expect(makeAlertId(1, () => 0)).toHaveLength(27);
});
