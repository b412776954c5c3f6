import { cron, daily, dynamicPartitions, flow, hourly, product, shell, staticPartitions, task } from "millrace";

// #region daily
const load = task("load", async (_: object, { partition, window, log }) => {
  log.info(`loading ${partition?.key}`, { from: window.start, to: window.end });
  return { day: partition?.key };
});

export const sales = flow("sales", { partitions: daily({ start: "2025-01-01", timeZone: "Europe/Zurich" }) }, () => {
  load({});
});
// #endregion

// #region product
const day = daily({ start: "2025-01-01", offset: "6h" });

export const shops = flow(
  "shops",
  { partitions: product({ day, region: staticPartitions(["eu", "us"]), shop: dynamicPartitions("shops") }) },
  () => {
    load({});
  },
);
// #endregion

// #region scheduled
export const clicks = flow(
  "clicks",
  { partitions: hourly({ start: "2026-01-01" }), schedule: cron("5 * * * *", { catchup: "all" }) },
  () => {
    load({});
  },
);
// #endregion

// #region several
const copy = task("copy", async (_: object, { partition }) => {
  const keys = (await partition?.keys()) ?? [];
  return { days: keys.length, from: partition?.from, to: partition?.to };
});
const unload = shell("unload", { command: "unload --day $MILLRACE_PARTITION_KEY" });

export const archive = flow("archive", { partitions: day }, () => {
  unload.after(copy({}))();
});
// #endregion
