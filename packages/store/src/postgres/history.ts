import type { EventRow, RunId } from "@millrace/core";
import { StoreHistory } from "../history.ts";
import type { EventTable } from "../schema.ts";
import { eventFromColumns } from "../tables/event.ts";
import { type CountersRow, findCounters } from "./lease-statements.ts";
import type { Reader } from "./reader.ts";
import { all, type Statement } from "./statement.ts";

/**
 * How far the clocks of leaders may lie apart. Events are kept by the day that their leader's clock said, and read in the
 * order of their numbers: so whoever reads on looks back this much further than he must, and misses nothing.
 */
const CLOCKS_APART_MS = 3 * 86_400_000;

/** The stream over all runs, from the days that can have what comes after. */
export const listEventsSince: Statement = {
  name: "list events since",
  text: `select event.*, run.id as run_id from event join run on run.num = event.run
where event.seq > $1 and event.at >= $2 order by event.seq limit $3`,
};

export const findRunAge: Statement = { name: "find run age", text: "select num, created_at from run where id = $1" };

export const listEventsOfRunSince: Statement = {
  name: "list events of run since",
  text: "select * from event where run = $1 and seq > $2 and at >= $3 order by seq limit $4",
};

/** History on PostgreSQL: as on any database, but for events, which lie in a table for each day. */
export class PostgresHistory extends StoreHistory {
  readonly #reader: Reader;
  /** Every event with a larger number is at least this young. Followers go on from where they are, so this moves on. */
  #floor = { seq: Number.MAX_SAFE_INTEGER, atMs: 0 };

  constructor(reader: Reader) {
    super({
      read: (act, given) => reader.run((queries) => all(queries, act, given)),
      lastEvent: () => this.#lastEvent(),
    });
    this.#reader = reader;
  }

  override async listEvents(run: RunId | null, after: number, limit: number) {
    return run === null ? this.#listAll(after, limit) : this.#listOfRun(run, after, limit);
  }

  async #listAll(after: number, limit: number): Promise<(EventRow & { readonly seq: number })[]> {
    const since = after >= this.#floor.seq ? this.#floor.atMs : 0;
    const rows = await this.#reader.run((queries) =>
      queries.query<EventTable & { run_id: RunId }>(listEventsSince, [after, since, limit]),
    );
    const last = rows.at(-1);
    if (last !== undefined) this.#learn(last.seq, last.at);
    return rows.map((row) => eventFromColumns(row.run_id, row));
  }

  async #listOfRun(run: RunId, after: number, limit: number): Promise<(EventRow & { readonly seq: number })[]> {
    return this.#reader.run(async (queries) => {
      const [found] = await queries.query<{ num: number; created_at: number }>(findRunAge, [run]);
      if (found === undefined) return [];
      const since = found.created_at - CLOCKS_APART_MS;
      const rows = await queries.query<EventTable>(listEventsOfRunSince, [found.num, after, since, limit]);
      return rows.map((row) => eventFromColumns(run, row));
    });
  }

  async #lastEvent(): Promise<number> {
    const [row] = await this.#reader.run((queries) => queries.query<CountersRow>(findCounters, []));
    if (row === undefined) return 0;
    this.#learn(row.last_event, row.last_event_at);
    return row.last_event;
  }

  #learn(seq: number, atMs: number): void {
    this.#floor = { seq, atMs: atMs - CLOCKS_APART_MS };
  }
}
