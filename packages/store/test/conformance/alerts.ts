import { type AlertDelivery, makeAlertId, NO_ALERTS, testMessage } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS } from "../rows.ts";
import type { Subject } from "./subject.ts";

function delivery(place: number, changed: Partial<AlertDelivery> = {}): AlertDelivery {
  return {
    id: makeAlertId(AT_MS + place, Math.random),
    rule: "on-call",
    channel: "slack",
    state: "waiting",
    message: testMessage("on-call", { nowMs: AT_MS, publicUrl: "https://mill.example" }),
    madeAtMs: AT_MS,
    nextAtMs: AT_MS + place,
    endedAtMs: null,
    tries: [],
    ...changed,
  };
}

export function alertsConform(subject: Subject): void {
  describe("alerts", () => {
    const WATCHING = { ...NO_ALERTS, cursor: 7, failing: { orders: { sinceMs: 5, runs: 2 } }, told: { "stuck R1": 9 } };

    test("give back what was remembered of them", async () => {
      const { alerts } = subject.store;
      expect(await alerts.readState()).toBeUndefined();
      const made = [delivery(1), delivery(2)];
      expect(await alerts.advance({ version: 1, state: WATCHING }, made)).toBe(true);
      const other = (await subject.openOther()).alerts;
      expect(await other.readState()).toEqual({ version: 1, state: WATCHING });
      expect(await other.list({ limit: 9 })).toEqual(made.toReversed());
    });

    test("take the next version of what is remembered and no other, with nothing else written", async () => {
      const { alerts } = subject.store;
      const other = (await subject.openOther()).alerts;
      await alerts.advance({ version: 1, state: NO_ALERTS }, []);
      expect(await other.advance({ version: 2, state: WATCHING }, [])).toBe(true);
      for (const version of [1, 2, 4]) {
        expect(await alerts.advance({ version, state: NO_ALERTS }, [delivery(1)])).toBe(false);
      }
      expect(await alerts.readState()).toEqual({ version: 2, state: WATCHING });
      expect(await alerts.list({ limit: 9 })).toEqual([]);
    });
  });
}

export function alertDeliveriesConform(subject: Subject): void {
  describe("messages on their way", () => {
    test("are due in order, while they wait", async () => {
      const { alerts } = subject.store;
      expect(await alerts.nextDueAtMs()).toBeUndefined();
      const sent = delivery(1, { state: "sent", nextAtMs: null, endedAtMs: AT_MS });
      const [first, second, later] = [delivery(2), delivery(3), delivery(90)];
      for (const each of [later, second, sent, first]) await alerts.add(each);
      expect(await alerts.nextDueAtMs()).toBe(AT_MS + 2);
      expect(await alerts.listDue(AT_MS + 50, 9)).toEqual([first, second]);
      expect(await alerts.listDue(AT_MS + 50, 1)).toEqual([first]);
    });

    test("are changed by one of two who do so at once", async () => {
      const { alerts } = subject.store;
      const other = (await subject.openOther()).alerts;
      const waiting = delivery(1);
      await alerts.add(waiting);
      const taken = { ...waiting, nextAtMs: AT_MS + 60_000 };
      expect(
        (await Promise.all([alerts.change(waiting, taken), other.change(waiting, taken)])).filter(Boolean),
      ).toHaveLength(1);
      const sent: AlertDelivery = {
        ...taken,
        state: "sent",
        nextAtMs: null,
        endedAtMs: AT_MS,
        tries: [{ atMs: AT_MS, ok: true, text: "200" }],
      };
      expect(await other.change(taken, sent)).toBe(true);
      expect(await alerts.find(waiting.id)).toEqual(sent);
      expect(await alerts.change({ ...sent, tries: [] }, waiting)).toBe(false);
      expect(await alerts.change(delivery(3), waiting)).toBe(false);
      expect(await alerts.find("A0")).toBeUndefined();
    });

    test("are listed by rule and state, page by page, and go when they are old", async () => {
      const { alerts } = subject.store;
      const old = delivery(1, { state: "sent", nextAtMs: null, endedAtMs: AT_MS });
      const failed = delivery(2, { state: "failed", nextAtMs: null, endedAtMs: AT_MS + 5 });
      const other = delivery(3, { rule: "shop" });
      for (const each of [old, failed, other]) await alerts.add(each);
      expect(await alerts.list({ rule: "on-call", limit: 9 })).toEqual([failed, old]);
      expect(await alerts.list({ state: "failed", limit: 9 })).toEqual([failed]);
      expect(await alerts.list({ rule: "shop", state: "waiting", limit: 9 })).toEqual([other]);
      expect(await alerts.list({ before: other.id, limit: 1 })).toEqual([failed]);
      expect(await alerts.removeEnded(AT_MS + 5)).toBe(1);
      expect(await alerts.list({ limit: 9 })).toEqual([other, failed]);
    });
  });
}
