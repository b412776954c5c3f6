import { businessDays, continuous, cron, customSchedule, every, flow, once, rrule, task } from "millrace";
import { z } from "zod";

const load = task("load", () => "what this window holds");
const report = task("report", ({ region }: { region: string }) => `sales of ${region}`);

// #region cron
export const orders = flow("orders", { schedule: cron("0 6 * * MON-FRI", { timeZone: "Europe/Zurich" }) }, () => {
  load();
});
// #endregion

// #region several
const params = z.object({ region: z.string() });

export const sales = flow(
  "sales",
  {
    params,
    schedule: [
      cron("0 7 * * *", { name: "europe", timeZone: "Europe/Zurich", params: { region: "eu" } }),
      cron("0 7 * * *", { name: "america", timeZone: "America/New_York", params: { region: "us" } }),
    ],
  },
  ({ params }) => {
    report({ region: params.region });
  },
);
// #endregion

// #region calendar
export const invoices = flow(
  "invoices",
  {
    schedule: cron("0 18 L * *", {
      timeZone: "Europe/Zurich",
      calendar: businessDays({ exclude: ["2026-12-24", "2026-12-31"], roll: "previous" }),
      start: "2026-01-01",
      end: "2027-01-01",
    }),
  },
  () => {
    load();
  },
);
// #endregion

const MOONS = ["2026-12-24T01:28:00Z", "2027-01-22T12:17:00Z"].map((moon) => new Date(moon));

// #region others
export const kinds = [
  every("15m"), // elapsed time: :00, :15, :30, :45
  every("2d", { timeZone: "Europe/Zurich", anchor: "2026-01-01T09:00" }), // calendar time: 09:00, summer and winter
  rrule("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18", { timeZone: "Europe/Zurich" }), // the last Friday of the month
  once("2026-12-31T23:59", { timeZone: "Europe/Zurich" }),
  continuous({ pause: "30s" }), // again, half a minute after each run has ended
  customSchedule((after) => MOONS.find((moon) => moon > after)),
];
// #endregion
