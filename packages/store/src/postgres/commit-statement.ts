import type { ColumnType } from "./binary-rows.ts";
import type { Queries, Statement } from "./statement.ts";

/** A table that commits write, as the statement needs to know it. */
export interface WrittenTable {
  /** All of them, as the table has them: rows travel whole. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Which of them the table fills in itself. */
  readonly generated?: readonly string[];
  /** What tells rows apart. A row that is there already takes the columns that may change. */
  readonly upsert?: { readonly key: readonly string[]; readonly changing: readonly string[] };
}

const VALUE = { text: "text", artifact: "text", bytes: "bigint" } as const;

/**
 * What one commit can write, in the order of its parameters. The columns that may change are named as in the acts that
 * write these tables on SQLite.
 */
export const WRITTEN = {
  run: {
    columns: {
      num: "bigint",
      id: "text",
      flow: "text",
      version: "text",
      state: "text",
      params: "text",
      window_start_at: "bigint",
      window_end_at: "bigint",
      trigger: "text",
      selection: "text",
      idempotency_key: "text",
      concurrency_key: "text",
      rerun_of: "text",
      root_run: "text",
      created_at: "bigint",
      started_at: "bigint",
      ended_at: "bigint",
      error: "text",
      settled: "smallint",
      cancel_requested: "smallint",
      class: "text",
      task_keys: "text",
      scheduled_at: "bigint",
      slice: "text",
      backfill: "text",
    },
    upsert: { key: ["num"], changing: ["state", "started_at", "ended_at", "error", "settled", "cancel_requested"] },
  },
  task_run: {
    columns: {
      run: "bigint",
      node: "integer",
      item: "text",
      hook: "text",
      state: "text",
      tries: "integer",
      crashes: "integer",
      resumes: "integer",
      ready_at: "bigint",
      started_at: "bigint",
      ended_at: "bigint",
      resume_at: "bigint",
      carry: "text",
      waits_for: "text",
      child_run: "text",
      cached: "smallint",
      reused_from: "text",
      error: "text",
      item_count: "integer",
      arm: "text",
    },
    upsert: {
      key: ["run", "node", "item", "hook"],
      changing: [
        "state",
        "tries",
        "crashes",
        "resumes",
        "ready_at",
        "started_at",
        "ended_at",
        "resume_at",
        "carry",
        "waits_for",
        "child_run",
        "cached",
        "reused_from",
        "error",
        "item_count",
        "arm",
      ],
    },
  },
  attempt: {
    columns: {
      run: "bigint",
      id: "bigint",
      node: "integer",
      item: "text",
      hook: "text",
      number: "integer",
      state: "text",
      epoch: "bigint",
      started_at: "bigint",
      ended_at: "bigint",
      error: "text",
      place: "text",
    },
    upsert: { key: ["run", "id"], changing: ["state", "started_at", "ended_at", "error", "place"] },
  },
  output: {
    columns: { run: "bigint", node: "integer", item: "text", ...VALUE },
    upsert: { key: ["run", "node", "item"], changing: ["text", "artifact", "bytes"] },
  },
  event: {
    columns: {
      seq: "bigint",
      run: "bigint",
      at: "bigint",
      type: "text",
      node: "integer",
      item: "text",
      attempt: "bigint",
      data: "text",
    },
  },
  report: {
    columns: {
      num: "bigint",
      run: "bigint",
      node: "integer",
      item: "text",
      attempt: "bigint",
      at: "bigint",
      kind: "text",
      asset: "text",
      slice: "text",
      data_version: "text",
      data: "text",
    },
    generated: ["num"],
  },
  cache_entry: {
    columns: { key: "text", run: "text", ...VALUE, created_at: "bigint" },
    upsert: { key: ["key"], changing: ["run", "text", "artifact", "bytes", "created_at"] },
  },
  pool: {
    columns: { name: "text", slots: "bigint", description: "text", set_by: "text", set_at: "bigint" },
    upsert: { key: ["name"], changing: ["slots", "description", "set_by", "set_at"] },
  },
  rate: { columns: { name: "text", full_at: "bigint" }, upsert: { key: ["name"], changing: ["full_at"] } },
  flow_trigger: {
    columns: {
      flow: "text",
      name: "text",
      kind: "text",
      fingerprint: "text",
      schedule: "text",
      since_at: "bigint",
      cursor_at: "bigint",
      owed: "text",
      sensor_cursor: "text",
      gathered: "text",
      made_at: "text",
      paused: "text",
      failures: "integer",
      retired: "smallint",
    },
    upsert: {
      key: ["flow", "name"],
      changing: [
        "kind",
        "fingerprint",
        "schedule",
        "since_at",
        "cursor_at",
        "owed",
        "sensor_cursor",
        "gathered",
        "made_at",
        "paused",
        "failures",
        "retired",
      ],
    },
  },
  /** What was decided once stands. */
  tick: {
    columns: {
      flow: "text",
      trigger: "text",
      at: "bigint",
      key: "text",
      outcome: "text",
      run: "text",
      reason: "text",
      log: "text",
      decided_at: "bigint",
    },
    upsert: { key: ["flow", "trigger", "at", "key"], changing: [] },
  },
  backfill: {
    columns: {
      id: "text",
      flow: "text",
      actor: "text",
      created_at: "bigint",
      ended_at: "bigint",
      retried_at: "bigint",
      state: "text",
      request: "text",
      version: "text",
      window_start_at: "bigint",
      window_end_at: "bigint",
      plan: "text",
      made: "bigint",
      succeeded: "bigint",
      failed: "bigint",
      cancelled: "bigint",
      reason: "text",
      at_once: "integer",
    },
    upsert: {
      key: ["id"],
      changing: [
        "ended_at",
        "retried_at",
        "state",
        "version",
        "at_once",
        "made",
        "succeeded",
        "failed",
        "cancelled",
        "reason",
      ],
    },
  },
  /** Added, or taken away: then their number is 0. */
  partition_key: { columns: { num: "bigint", name: "text", key: "text" } },
  /** Only their answers: commands are there already, and the first answer stands. */
  command: {
    columns: { num: "bigint", id: "text", actor: "text", created_at: "bigint", command: "text", answer: "text" },
  },
} as const satisfies Record<string, WrittenTable>;

export type WrittenName = keyof typeof WRITTEN;

/** Milliseconds since the epoch by the database's clock, at this very moment: `now()` is when a transaction began. */
export const CLOCK = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/**
 * Holds the lease row against a newer leader until the end of the transaction, and only while it is the leader's own and
 * not over. A share of the key lets the lease be renewed meanwhile; whoever takes the lead asks for the row whole, and so
 * waits.
 */
const HELD = `held as (
  select from lease where cell = 'default' and epoch = $1 and expires_at > ${CLOCK} for key share
)`;

/** $1 to $6: the epoch, the commit's number, and the counters as they are after it. */
const LEDGER_VALUES = "'default', $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint";
const LEDGER_COLUMNS = "cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written";
const FIXED_VALUES = 6;

const known = new Map<string, Statement>();

/**
 * One commit as one statement: one message to the server and one back, and a transaction by itself. It writes the given
 * tables, each from one array of rows, if and only if its own row in the ledger can be written, which needs the lease. It
 * gives the commit's number, or no row when the epoch does not lead.
 */
export function commitStatement(tables: readonly WrittenName[]): Statement {
  // The server cuts names off after 63 bytes.
  const name = ["commit", ...tables.map((table) => table.slice(0, 3))].join(" ");
  let statement = known.get(name);
  if (statement === undefined) {
    statement = { name, text: commitText(tables) };
    known.set(name, statement);
  }
  return statement;
}

function commitText(tables: readonly WrittenName[]): string {
  const parts = tables.map((name, index) => {
    const given = `unnest($${FIXED_VALUES + index + 1}::${name}[]) as given`;
    return `${name}_written as (\n  ${writtenText(name, given)}\n)`;
  });
  const written = `written as (
  insert into ledger (${LEDGER_COLUMNS})
  select ${LEDGER_VALUES}, true from held
  returning number
)`;
  return `with ${[HELD, written, ...parts].join(", ")}\nselect number from written`;
}

function writtenText(name: WrittenName, given: string): string {
  if (name === "command") return answerText(given);
  return name === "partition_key" ? partitionKeyText(given) : insertText(name, given);
}

function insertText(name: Exclude<WrittenName, "command" | "partition_key">, given: string): string {
  const { columns, upsert, generated = [] }: WrittenTable = WRITTEN[name];
  const names = Object.keys(columns).filter((column) => !generated.includes(column));
  const insert = `insert into ${name} (${names.map(quote).join(", ")})
  select ${names.map((column) => `given.${quote(column)}`).join(", ")}
  from written, ${given}`;
  if (upsert === undefined) return insert;
  if (upsert.changing.length === 0) return `${insert}\n  on conflict (${upsert.key.join(", ")}) do nothing`;
  const changes = upsert.changing.map((column) => `${quote(column)} = excluded.${quote(column)}`).join(", ");
  return `${insert}\n  on conflict (${upsert.key.join(", ")}) do update\n  set ${changes}`;
}

/** Asking for those without an answer would make the server read all of them. */
function answerText(given: string): string {
  return `update command set answer = coalesce(command.answer, given.answer)
  from written, ${given}
  where command.id = given.id`;
}

/** A key comes once, so what is removed and what is added are different rows. */
function partitionKeyText(given: string): string {
  return `insert into partition_key (name, key)
  select given.name, given.key
  from written, ${given}
  where given.num <> 0
  on conflict (name, key) do nothing
), partition_key_removed as (
  delete from partition_key
  using written, ${given}
  where partition_key.name = given.name and partition_key.key = given.key and given.num = 0`;
}

function quote(name: string): string {
  return `"${name}"`;
}

/** Whether anything may be written in an epoch: for the leader's work that is no commit, first in its transaction. */
export const holdLease: Statement = {
  name: "hold lease",
  text: `select 1 as held from lease where cell = 'default' and epoch = $1 and expires_at > ${CLOCK} for key share`,
};

/**
 * Takes the place of a commit of which no answer came, if it is still free. While the commit is being written the key is
 * not decided, and this waits. It does not ask whether the lease is over: nothing but an empty place is written.
 */
export const takePlace: Statement = {
  name: "take place",
  text: `with held as (select from lease where cell = 'default' and epoch = $1 for key share)
insert into ledger (${LEDGER_COLUMNS})
select ${LEDGER_VALUES}, false from held
on conflict do nothing`,
};

/** Whether a commit was written, once its place is taken. */
export const findPlace: Statement = {
  name: "find place",
  text: "select written from ledger where cell = 'default' and epoch = $1 and number = $2",
};

const FIND_ROW_TYPES: Statement = {
  name: "find row types",
  text: `select relname::text as name, reltype::bigint as type from pg_class
where relnamespace = current_schema()::regnamespace and relname = any($1::text[])`,
};

/** The object ids of the tables' row types: each database has its own. */
export type RowTypes = ReadonlyMap<string, number>;

export async function findRowTypes(queries: Queries): Promise<RowTypes> {
  const rows = await queries.query<{ name: string; type: number }>(FIND_ROW_TYPES, [Object.keys(WRITTEN)]);
  return new Map(rows.map(({ name, type }) => [name, type]));
}
