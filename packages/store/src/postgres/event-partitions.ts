import { isServerCode } from "./failure.ts";
import type { Queries, Statement } from "./statement.ts";

const DAY_MS = 86_400_000;

/** How many days have their partition before they begin. A leader looks several times an hour. */
const DAYS_AHEAD = 3;

const FIND_PARTITIONS: Statement = {
  name: "find event partitions",
  text: `select relname as name from pg_class
where relnamespace = current_schema()::regnamespace and relname = any($1::text[])`,
};

/**
 * Makes the partitions of today and the next days. A day that cannot have one (somebody reads all events just now, or the
 * rest has events of that day already) is tried again later; until then its events go to the rest.
 */
export async function makeEventPartitions(queries: Queries): Promise<void> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => today + index * DAY_MS);
  const found = await queries.query<{ name: string }>(FIND_PARTITIONS, [days.map(partitionName)]);
  for (const day of days) {
    const name = partitionName(day);
    if (found.some((one) => one.name === name)) continue;
    try {
      await queries.query(makePartition(name, day), []);
    } catch (error) {
      if (!MAY_FAIL.some((code) => isServerCode(error, code))) throw error;
    }
  }
}

/** The table is there by now, its rows are in the rest, a lock is held, or this user makes no tables. */
const MAY_FAIL = ["42P07", "23514", "55P03", "42501", "42P17"];

/** The partition of the day that begins at an instant: `event_20260131`, as the calendar in UTC has it. */
export function partitionName(day: number): string {
  return `event_${new Date(day).toISOString().slice(0, 10).replaceAll("-", "")}`;
}

function makePartition(name: string, day: number): Statement {
  return {
    name: "",
    text: `create table ${name} partition of event for values from (${day}) to (${day + DAY_MS})`,
  };
}
