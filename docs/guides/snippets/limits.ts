import { defineConfig, flow, task } from "millrace";

// #region config
export const config = defineConfig({
  pools: {
    warehouse: 4,
    "shop-api": { slots: 2, rateLimit: { limit: 100, per: "1m", burst: 10 }, description: "they count requests" },
  },
  resources: { cpu: 6, memory: "12GB" },
});
// #endregion

// #region pools
export const load = task("load", { pool: "warehouse" }, () => "holds one slot while it runs");

export const rebuild = task("rebuild", { pool: { name: "warehouse", slots: 4 } }, () => "has it for itself");
// #endregion

// #region concurrency
export const single = task("single", { concurrency: 1 }, () => "one at a time, over all runs");

export const perCustomer = task(
  "sync",
  { concurrency: { key: (params: { customer: string }) => params.customer, limit: 1 } },
  () => "one at a time for each customer",
);
// #endregion

// #region rates
export const fetchPage = task(
  "fetch-page",
  { rateLimit: { limit: 10, per: "1m" } },
  () => "ten at once, then one in 6 s",
);

export const strict = task(
  "strict",
  { rateLimit: { limit: 10, per: "1m", burst: 1 } },
  () => "one in 6 s from the start",
);
// #endregion

// #region resources
export const train = task("train", { resources: { cpu: 2, memory: "4GB" } }, () => "starts when so much is unclaimed");
// #endregion

// #region priority
export const urgent = flow("urgent", { priority: 10 }, () => {
  load();
  task("report", { priority: 5 }, () => "15 in all")();
});
// #endregion
