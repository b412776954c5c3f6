import { describe, expect, test } from "vitest";
import { AT_MS } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const DB = { name: "db", slots: 4, description: "the warehouse \u0000 🌊", setBy: "ann", setAtMs: AT_MS };

/** What is remembered of limits. */
export function limitsConform(subject: Subject): void {
  describe("limits", () => {
    test("keep the sizes of pools as they were set last, by name", async () => {
      expect(await subject.store.limits.listPools()).toEqual([]);
      const api = { name: "api", slots: 0, description: null, setBy: "bob", setAtMs: AT_MS + 1 };
      await commitTo(subject, { pools: [DB, api] });
      const { limits } = await subject.openOther();
      expect(await limits.listPools()).toEqual([api, DB]);
      const larger = { ...DB, slots: 9, description: null, setBy: "eve", setAtMs: AT_MS + 2 };
      await commitTo(subject, { pools: [{ ...DB, slots: 5 }, larger] });
      expect(await limits.listPools()).toEqual([api, larger]);
    });

    test("forget a size that was taken back, until it is set again", async () => {
      await commitTo(subject, { pools: [DB] });
      await commitTo(subject, { pools: [{ ...DB, slots: null }] });
      expect(await subject.store.limits.listPools()).toEqual([]);
      await commitTo(subject, { pools: [DB] });
      expect(await subject.store.limits.listPools()).toEqual([DB]);
    });

    test("keep how far rates are used up, and forget those that are not any more", async () => {
      const { limits } = subject.store;
      const names = async () =>
        (await limits.listRates())
          .map(({ name, fullAtMs }) => [name, fullAtMs - AT_MS] as const)
          .sort((a, b) => (a[0] < b[0] ? -1 : 1));
      await commitTo(subject, {
        rates: [
          { name: "daily/load", fullAtMs: AT_MS + 10 },
          { name: "daily/load\nacme", fullAtMs: AT_MS + 20 },
        ],
      });
      await commitTo(subject, { rates: [{ name: "daily/load", fullAtMs: AT_MS + 30 }] });
      expect(await names()).toEqual([
        ["daily/load", 30],
        ["daily/load\nacme", 20],
      ]);
      await limits.removeFullRates(AT_MS + 20);
      expect(await names()).toHaveLength(2);
      await limits.removeFullRates(AT_MS + 21);
      expect(await names()).toEqual([["daily/load", 30]]);
    });
  });
}
