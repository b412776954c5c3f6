import { daily, flow } from "millrace";
import { compare, keepDay, readSeason } from "../src/city-days.ts";

/** Four years of days, each of them a partition: `millrace backfill weather --from 2012-01-01 --to 2012-12-31`. */
export default flow(
  "weather",
  {
    description: "How warm a day was for its season, in two cities",
    partitions: daily({ start: "2012-01-01", end: "2016-01-01" }),
    tags: ["example"],
  },
  () => {
    const { day, season } = readSeason();
    return keepDay({ day, cities: compare({ day, season }) });
  },
);
