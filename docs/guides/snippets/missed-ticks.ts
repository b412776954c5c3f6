import { cron, flow, task } from "millrace";

const load = task("load", () => "what this window holds");

// #region catchup
export const orders = flow(
  "orders",
  { schedule: cron("0 * * * *", { timeZone: "Europe/Zurich", catchup: { within: "7d" }, catchupOrder: "newest" }) },
  () => {
    load();
  },
);
// #endregion

// #region room
export const invoices = flow("invoices", { schedule: cron("*/5 * * * *"), maxActiveRuns: 1, overlap: "skip" }, () => {
  load();
});
// #endregion

// #region past
export const ledger = flow(
  "ledger",
  { schedule: cron("0 2 * * *", { catchup: "all" }), dependsOnPast: true, maxActiveRuns: 1 },
  () => {
    load();
  },
);
// #endregion
