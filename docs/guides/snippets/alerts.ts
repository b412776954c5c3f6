import { cron, flow, task } from "millrace";

const load = task("load", () => "done");

export default flow(
  "billing/invoices",
  {
    schedule: cron("0 6 * * *", { timeZone: "Europe/Zurich" }),
    owner: "ada",
    tags: ["critical"],
    deadline: { start: "10m", end: "1h" },
    pauseAfterFailures: 3,
  },
  () => {
    load();
  },
);
