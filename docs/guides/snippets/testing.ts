// #region plain

import { testFlow } from "@millrace/testing";
import { expect, test } from "vitest";
import dailyOrders, { clean } from "./first-flow.ts";

test("orders below zero are taken out", async () => {
  const orders = [
    { id: "a", country: "de", total: 5 },
    { id: "b", country: "de", total: -5 },
  ];
  expect(await clean.run({ orders }, {} as never)).toEqual([orders[0]]);
});
// #endregion

// #region flow
test("the whole flow, without the shop", async () => {
  const run = await testFlow(dailyOrders)
    .withParams({ region: "us" })
    .mock("extract", [{ id: "a", country: "us", total: 12 }])
    .run();
  expect(run.state).toBe("success");
  expect(run.output).toEqual({ orders: 1, revenue: 12 });
  expect(run.task("clean").tries).toBe(1);
});
// #endregion

// #region failure
test("the shop is asked again, and waiting costs no time", async () => {
  let asked = 0;
  const run = await testFlow(dailyOrders)
    .mock("extract", () => {
      asked += 1;
      if (asked < 4) throw new Error("the shop is closed");
      return [];
    })
    .run();
  expect(run.state).toBe("success");
  expect(run.task("extract").tries).toBe(4);
  expect(run.elapsedMs).toBeGreaterThan(6_000); // on the virtual clock: 1 s, 2 s and 4 s, less the jitter
});
// #endregion
