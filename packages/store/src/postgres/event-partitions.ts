import { MillraceError } from "@millrace/core";
import type { Reader } from "./reader.ts";
import type { Statement } from "./statement.ts";

const DAY_MS = 86_400_000;

/** How many days have their partition before they begin. A leader looks several times an hour. */
const DAYS_AHEAD = 3;

const FIND_PARTITIONS: Statement = {
  name: "find event partitions",
  text: `select relname::text as name from pg_class
where relnamespace = current_schema()::regnamespace and relname = any($1::text[])`,
};

/**
 * A new partition needs the whole table for a moment. Whoever reads a long history holds it back, and would hold back
 * the leader's commits behind it: so it gives up soon.
 */
const HASTE: Statement = { name: "haste", text: "set local lock_timeout = '100ms'" };

/**
 * Makes the partitions of today and the next days. A day that cannot have one (somebody reads events just now, or the rest
 * has some of that day already) is tried again another time; until then its events go to the rest.
 */
export async function makeEventPartitions(reader: Reader): Promise<void> {
  const days = nextDays();
  const found = await reader.run((queries) =>
    queries.query<{ name: string }>(FIND_PARTITIONS, [days.map(partitionName)]),
  );
  for (const day of days) {
    if (!found.some(({ name }) => name === partitionName(day))) await makePartition(reader, day);
  }
}

/** For a new database, before anybody writes: events of today that are in the rest would keep today out of a partition. */
export function firstEventPartitions(): string {
  return nextDays().map(createPartition).join(";\n");
}

function nextDays(): number[] {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => today + index * DAY_MS);
}

function createPartition(day: number): string {
  return `create table ${partitionName(day)} partition of event for values from (${day}) to (${day + DAY_MS})`;
}

async function makePartition(reader: Reader, day: number): Promise<void> {
  try {
    await reader.transaction(async (queries) => {
      await queries.run(HASTE, []);
      await queries.run({ name: "", text: createPartition(day) }, []);
    });
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
  }
}

/** The partition of the day that begins at an instant: `event_20260131`, as the calendar in UTC has it. */
function partitionName(day: number): string {
  return `event_${new Date(day).toISOString().slice(0, 10).replaceAll("-", "")}`;
}

/** Days that have just ended are left alone: servers may not agree on when that was. */
const KEPT_DAYS = 2;

const LIST_PARTITIONS: Statement = {
  name: "list event partitions",
  text: `select child.relname::text as name from pg_inherits
join pg_class as child on child.oid = inhrelid
where inhparent = 'event'::regclass and child.relname < $1 and child.relname ~ '^event_[0-9]{8}$' order by 1`,
};

/**
 * Drops the oldest day whose events are all gone: each day that is left costs every look at a run's events a little.
 * False when there is none, or when somebody reads events just now.
 */
export async function dropEmptyPartition(reader: Reader): Promise<boolean> {
  const before = partitionName(Math.floor(Date.now() / DAY_MS) * DAY_MS - KEPT_DAYS * DAY_MS);
  const days = await reader.run((queries) => queries.query<{ name: string }>(LIST_PARTITIONS, [before]));
  for (const { name } of days) {
    const any: Statement = { name: "", text: `select 1 from ${name} limit 1` };
    if ((await reader.run((queries) => queries.query(any, []))).length > 0) continue;
    try {
      return await reader.transaction(async (queries) => {
        await queries.run(HASTE, []);
        await queries.run({ name: "", text: `lock table ${name} in access exclusive mode` }, []);
        if ((await queries.query(any, [])).length > 0) return false;
        await queries.run({ name: "", text: `drop table ${name}` }, []);
        return true;
      });
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      return false;
    }
  }
  return false;
}
