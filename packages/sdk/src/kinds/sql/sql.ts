import type { StandardSchema } from "../../schema/standard-schema.ts";
import { CallSite } from "../../source/call-site.ts";
import { refusal } from "../../source/refuse.ts";
import type { TaskContext } from "../../task/context.ts";
import { defineTask } from "../../task/define-task.ts";
import type { TaskOptions } from "../../task/policy-options.ts";
import type { Task } from "../../task/task.ts";
import { connectionPool } from "../connections/open-connections.ts";
import type { ColumnType } from "./relation.ts";
import type { RowFile } from "./row-file.ts";
import type { Row } from "./rows.ts";
import { runSql, type SqlConfig } from "./run-sql.ts";
import type { FileFormat } from "./session.ts";

/** What of its last statement a task gives: all rows, the first one or null, or nothing. */
export type SqlReturns = "rows" | "first" | "none";

/** Streams the rows to a file; the task gives `{ path, rows, bytes }`. */
export interface SqlToFile<Checked> {
  /** Relative to the project's folder, or a function that gives it. It is replaced as a whole, never half written. */
  readonly file: string | ((input: Checked, context: TaskContext) => string);
  /**
   * CSV (RFC 4180, with a header), one JSON object a line, or, on DuckDB, Parquet. Defaults to what the file's name ends
   * in.
   */
  readonly format?: FileFormat;
}

/** What a `sql` task does, with the policies that every task takes. */
export interface SqlOptions<In, Checked, RowOut, Returns extends SqlReturns | SqlToFile<Checked>> extends TaskOptions {
  /** The name of a connection in `millrace.config.ts`. */
  readonly connection: string;
  /**
   * The statements, when they are short. `:name` stands for the field `name` of the input and is bound, never pasted;
   * also known are `:window_start`, `:window_end` and `:run_id`. `IN (:ids)` takes a list. A list of records is a
   * table: say `FROM orders`, or `FROM :orders` where the database has a table of that name too.
   */
  readonly query?: string;
  /** The file with the statements instead, relative to the flow's file. It becomes part of the version. */
  readonly file?: string;
  /** What the task takes: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
  /** What one row is: a schema that checks each, or `type<T>()`. Defaults to any columns. */
  readonly row?: StandardSchema<unknown, RowOut>;
  /**
   * What the task gives of its last statement: all `"rows"`, the `"first"` one or null, nothing, or a file with them.
   * Defaults to `"rows"`.
   */
  readonly returns?: Returns;
  /**
   * By field of the input: the columns of its list of records with their types. Needed where a list may be empty, or
   * where the types found in the records are not the ones you want. Defaults to what the records hold.
   */
  readonly relations?: { readonly [Field in keyof Checked & string]?: Readonly<Record<string, ColumnType>> };
  /**
   * Whether several statements run in one transaction. Turn it off for statements that refuse to be in one. A script
   * that says BEGIN itself is left alone. Defaults to true.
   */
  readonly transaction?: boolean;
}

/** What a `sql` task gives that does not write a file. */
export type SqlOutput<RowOut, Returns> = Returns extends "none"
  ? undefined
  : Returns extends "first"
    ? RowOut | null
    : RowOut[];

/**
 * A task that runs SQL on SQLite, DuckDB or PostgreSQL. Several statements run in one transaction; a statement that the
 * database refuses fails the task with `SQL_FAILED` and the line it stands in.
 *
 * Whole numbers come back as numbers, and as BigInt where a number would round; decimals as numbers up to 15 digits and
 * as text beyond; timestamps as Date; dates, times, intervals and UUIDs as text; bytes as Uint8Array; JSON parsed.
 *
 * @example
 * const load = sql("load", { connection: "warehouse", input: type<{ orders: Order[] }>(), file: "./load.sql" });
 */
export function sql<In = void, Checked = In, RowOut = Row, Returns extends SqlReturns = "rows">(
  name: string,
  options: SqlOptions<In, Checked, RowOut, Returns>,
): Task<In, SqlOutput<NoInfer<RowOut>, Returns>>;
export function sql<In = void, Checked = In>(
  name: string,
  options: SqlOptions<In, Checked, never, SqlToFile<Checked>>,
): Task<In, RowFile>;
export function sql<In, Checked>(
  name: string,
  options: SqlOptions<In, Checked, unknown, SqlReturns | SqlToFile<Checked>>,
): Task<In, unknown> {
  const site = new CallSite(sql);
  const { connection, query, file, input, row, returns, relations, transaction, ...policies } = options;
  const statements = readStatements(name, { query, file }, site);
  const config: SqlConfig = {
    name,
    connection,
    query: statements,
    input,
    row,
    returns: readReturns(returns ?? "rows"),
    relations: (relations ?? {}) as SqlConfig["relations"],
    transaction: transaction ?? true,
  };
  return defineTask<In, unknown, Checked>({
    name,
    taskKind: "sql",
    options: policies,
    details: { connection, ...("file" in statements ? { file: statements.file } : { query: statements.text }) },
    files: "file" in statements ? [statements.file] : [],
    connections: [connection],
    pools: [{ pool: connectionPool(connection), slots: 1 }],
    input,
    site,
    run: (value, context) => runSql(config, value, context),
  });
}

function readStatements(
  name: string,
  given: { readonly query: string | undefined; readonly file: string | undefined },
  site: CallSite,
): SqlConfig["query"] {
  const { query, file } = given;
  if (query !== undefined && file === undefined && query.trim() !== "") return { text: query };
  if (file !== undefined && query === undefined && file !== "") return { file: site.pathOf(file) };
  const both = query !== undefined && file !== undefined;
  throw refusal(
    {
      code: "INVALID_OPTION",
      message: both ? `task "${name}" has both a \`query\` and a \`file\`` : `task "${name}" has no statements`,
      hint: 'Give one of them: query: "SELECT 1", or file: "./load.sql".',
    },
    site,
  );
}

function readReturns(returns: SqlReturns | SqlToFile<never>): SqlConfig["returns"] {
  if (typeof returns === "string") return returns;
  const { file, format } = returns;
  return {
    path: (input, context) => (typeof file === "function" ? file(input as never, context) : file),
    format,
  };
}
