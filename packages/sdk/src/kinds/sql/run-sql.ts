import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { formatDuration, MillraceError } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import type { TaskContext } from "../../task/context.ts";
import { checkOutput } from "../command/output.ts";
import { inputFields } from "../input-fields.ts";
import { neverAgain } from "../verdict.ts";
import { versionFile } from "../version-file.ts";
import { type Binding, bindStatement } from "./bind.ts";
import { describeFailure, type SqlSource } from "./failure.ts";
import { addRelations, type DeclaredColumns } from "./relations-of.ts";
import type { RenderedStatement } from "./render.ts";
import { replaceFile, writeRows } from "./row-file.ts";
import { collectRows } from "./rows.ts";
import {
  beginningOf,
  controlsTransactions,
  isQuery,
  onlyReads,
  parseScript,
  type SqlScript,
  type SqlStatement,
} from "./script.ts";
import type { FileFormat, SqlSession, StatementResult } from "./session.ts";

/** A `sql` task's own part, complete and ready to run. */
export interface SqlConfig {
  readonly name: string;
  readonly connection: string;
  /** The text, or the file that holds it, relative to the project's folder. */
  readonly query: { readonly text: string } | { readonly file: string };
  readonly input: StandardSchema | undefined;
  readonly row: StandardSchema | undefined;
  readonly returns: "rows" | "first" | "none" | SqlFile;
  readonly relations: Readonly<Record<string, DeclaredColumns>>;
  readonly transaction: boolean;
}

/** Where the rows of the last statement go. */
interface SqlFile {
  readonly path: (input: unknown, context: TaskContext) => string;
  readonly format: FileFormat | undefined;
}

/** Runs the statements of a `sql` task and gives what its last one returned. */
export async function runSql(config: SqlConfig, input: unknown, context: TaskContext): Promise<unknown> {
  const fields = { ...valuesOf(context), ...inputFields(input, config.name) };
  const source = await readSource(config, context);
  const session = await context.connection(config.connection).session();
  const script = parseScript(source.text, session.dialect);
  const last = script.statements.at(-1);
  if (last === undefined) {
    throw neverAgain(
      new MillraceError("SQL_FAILED", `${source.what} holds no statement.`, {
        hint: "Write one, or take the task out.",
      }),
    );
  }
  const { relations: declared } = config;
  const relations = await addRelations({ script, source, fields, declared, input: config.input }, session);
  const run = new ScriptRun(config, { script, source, session, fields, relations }, context);
  return await run.inTransaction(input, last);
}

/** Values that every statement may use, under fields of the same name in the input. */
function valuesOf(context: TaskContext): Record<string, unknown> {
  return { window_start: context.window.start, window_end: context.window.end, run_id: context.run.id };
}

async function readSource(config: SqlConfig, context: TaskContext): Promise<SqlSource> {
  const what = `The SQL of "${config.name}"`;
  if ("text" in config.query) return { text: config.query.text, what, file: null };
  const { file } = config.query;
  try {
    return { text: await readFile(versionFile(context, file), "utf8"), what, file };
  } catch (cause) {
    throw neverAgain(
      new MillraceError("MISSING_FILE", `${what} is in ${file}, which cannot be read.`, {
        hint: "Correct the option `file`; it is relative to the flow's file.",
        cause,
      }),
    );
  }
}

class ScriptRun {
  readonly #config: SqlConfig;
  readonly #binding: Binding;
  readonly #context: TaskContext;
  readonly #session: SqlSession;
  readonly #script: SqlScript;

  constructor(config: SqlConfig, binding: Binding, context: TaskContext) {
    this.#config = config;
    this.#binding = binding;
    this.#context = context;
    this.#session = binding.session;
    this.#script = binding.script;
  }

  async inTransaction(input: unknown, last: SqlStatement): Promise<unknown> {
    const { statements } = this.#script;
    // One statement is atomic by itself, and some (VACUUM) refuse to be in a transaction. A cursor needs one.
    const needed = statements.length > 1 || (typeof this.#config.returns === "object" && isQuery(last));
    const wrapped = needed && this.#config.transaction && !controlsTransactions(this.#script);
    try {
      if (wrapped) await this.#session.begin(statements.every(onlyReads));
      for (const statement of statements.slice(0, -1)) await this.#run(statement, collectRows);
      const output = await this.#runLast(last, input);
      if (wrapped) await this.#session.commit();
      return output;
    } catch (failed) {
      // What went wrong first is what is told; a connection that is gone has rolled back by itself.
      await this.#session.rollback().catch(() => undefined);
      throw failed;
    }
  }

  async #runLast(statement: SqlStatement, input: unknown): Promise<unknown> {
    const { returns, row, name } = this.#config;
    if (typeof returns === "object") return await this.#toFile(statement, returns, input);
    const rows = await this.#run(statement, collectRows);
    if (returns === "none") return undefined;
    const checked =
      row === undefined
        ? rows
        : await Promise.all(rows.map((each, at) => checkOutput(row, each, `row ${at + 1} of "${name}"`)));
    return returns === "first" ? (checked[0] ?? null) : checked;
  }

  async #toFile(statement: SqlStatement, file: SqlFile, input: unknown): Promise<unknown> {
    const path = file.path(input, this.#context);
    const format = file.format ?? formatOf(path, this.#config.name);
    const copy = isQuery(statement) ? this.#session.copyText : undefined;
    if (format === "parquet" && copy === undefined) throw notParquet(this.#config.name, this.#session);
    const target = resolve(this.#context.projectDir, path);
    const written = await replaceFile(target, async (partial) => {
      if (copy !== undefined) {
        const { before, after } = copy(partial, format);
        return await this.#run(
          statement,
          async (result) => result.changes ?? 0,
          (sent) => around(sent, before, after),
        );
      }
      return await this.#run(statement, (result) => writeRows(result, partial, format as "csv" | "ndjson"));
    });
    return { path, ...written };
  }

  async #run<Output>(
    statement: SqlStatement,
    take: (result: StatementResult) => Promise<Output>,
    change: (sent: RenderedStatement) => RenderedStatement = (sent) => sent,
  ): Promise<Output> {
    this.#context.signal.throwIfAborted();
    const sent = change(bindStatement(this.#binding, statement));
    const startedAt = performance.now();
    try {
      const large = typeof this.#config.returns === "object" && take !== collectRows && isQuery(statement);
      const result = await this.#session.run(sent, { large });
      const output = await take(result);
      this.#tell(statement, result.changes, performance.now() - startedAt);
      return output;
    } catch (failure) {
      throw describeFailure(failure, this.#binding.source, sent);
    }
  }

  #tell(statement: SqlStatement, changes: number | null, ms: number): void {
    const rows = changes === null ? "" : `, ${changes} ${changes === 1 ? "row" : "rows"}`;
    this.#context.log.info(`${beginningOf(statement)}${rows}, ${formatDuration(ms)}`);
  }
}

function around(sent: RenderedStatement, before: string, after: string): RenderedStatement {
  return {
    text: before + sent.text + after,
    values: sent.values,
    sourceOffset: (offset) => sent.sourceOffset(Math.max(0, offset - before.length)),
  };
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
};

function formatOf(path: string, task: string): FileFormat {
  const format = FORMATS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  if (format !== undefined) return format;
  throw neverAgain(
    new MillraceError("INVALID_OPTION", `The file of "${task}", ${path}, does not say its format.`, {
      hint: 'Let it end in .csv, .ndjson or .parquet, or say the format: returns: { file, format: "csv" }.',
    }),
  );
}

function notParquet(task: string, session: SqlSession): MillraceError {
  const why = session.dialect === "duckdb" ? "its last statement is not a query" : "only DuckDB writes it";
  return neverAgain(
    new MillraceError("INVALID_OPTION", `"${task}" cannot write Parquet: ${why}.`, {
      hint: "Write .csv or .ndjson, or let a task on a DuckDB connection write it.",
    }),
  );
}
