import { cron, every, flow, task } from "@millrace/sdk";
import { z } from "zod";

// Compiled, never run: what the types of schedules allow and refuse.
const work = task("work", () => 1);
const build = (): void => void work();
const params = z.object({ region: z.string(), limit: z.number().default(10) });

flow("right", { params, schedule: cron("@daily", { params: { region: "eu" } }) }, build);
flow(
  "right-too",
  {
    params,
    schedule: [cron("@daily", { params: { region: "eu", limit: 3 } }), every("1h", { params: { region: "us" } })],
  },
  build,
);
flow("without", { schedule: [cron("@daily"), every("1h")] }, build);

// @ts-expect-error: the flow needs a region.
flow("nothing-given", { params, schedule: cron("@daily") }, build);
// @ts-expect-error: a region is a text.
flow("wrong", { params, schedule: cron("@daily", { params: { region: 7 } }) }, build);
