import { MillraceError } from "@millrace/core";
import { jsonSchemaOf } from "../../schema/json-schema.ts";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import { neverAgain } from "../verdict.ts";
import type { SqlSource } from "./failure.ts";
import { type ColumnType, isRecordList, relationOf } from "./relation.ts";
import type { SqlScript } from "./script.ts";
import type { SqlSession } from "./session.ts";
import { sqlTokens } from "./tokens.ts";

/** Types of columns by name, for one field of the input. */
export type DeclaredColumns = Readonly<Record<string, ColumnType>>;

export interface RelationsPlan {
  readonly script: SqlScript;
  readonly source: SqlSource;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly declared: Readonly<Record<string, DeclaredColumns>>;
  readonly input: StandardSchema | undefined;
}

/**
 * Makes the tables that the script reads from its input: a list of records becomes a temporary table. A script that
 * says `:orders` gets a table that only `:orders` names, one that says `orders` a table of that name.
 *
 * @returns the names of the tables, by field.
 * @throws MillraceError `INPUT_INVALID` when a table of the database has that name, or an empty list has no columns.
 */
export async function addRelations(plan: RelationsPlan, session: SqlSession): Promise<ReadonlyMap<string, string>> {
  const tables = new Map<string, string>();
  for (const [field, value] of Object.entries(plan.fields)) {
    const table = tableName(plan, field, value);
    if (table === undefined) continue;
    if (table === field || !table.startsWith(PRIVATE)) await refuseHiding(plan, session, table);
    const columns = plan.declared[field] ?? columnsInSchema(plan.input, field);
    const relation = relationOf(value as readonly Readonly<Record<string, unknown>>[], columns);
    if (relation.columns.length === 0) throw withoutColumns(plan, field);
    await session.addRelation(table, relation);
    tables.set(field, table);
  }
  return tables;
}

const PRIVATE = "millrace_input_";

/** The name of the table for a field, or undefined where the script does not read it as one. */
function tableName({ script, declared }: RelationsPlan, field: string, value: unknown): string | undefined {
  const parameters = script.statements
    .flatMap((statement) => statement.parameters)
    .filter(({ name }) => name === field);
  const isList = isRecordList(value) || (Array.isArray(value) && value.length === 0);
  if (!isList) return undefined;
  if (parameters.some((parameter) => parameter.relation)) return PRIVATE + field.toLowerCase();
  // Used as a value, `:orders` is JSON text; then `orders` is a name of the database's own.
  if (parameters.length > 0 && declared[field] === undefined) return undefined;
  return spelledInScript(script, field);
}

/** How the script spells a name, as the database reads it: PostgreSQL folds words to lower case. */
function spelledInScript(script: SqlScript, name: string): string | undefined {
  for (const token of sqlTokens(script.source, script.dialect)) {
    const text = script.source.slice(token.start, token.end);
    if (token.kind === "word" && text.toLowerCase() === name.toLowerCase()) {
      return script.dialect === "postgres" ? text.toLowerCase() : text;
    }
    if (token.kind === "name" && text.slice(1, -1) === name) return name;
  }
  return undefined;
}

async function refuseHiding({ source }: RelationsPlan, session: SqlSession, table: string): Promise<void> {
  if (!(await session.hasTable(table))) return;
  throw neverAgain(
    new MillraceError(
      "INPUT_INVALID",
      `${source.what} says ${table}: a list in its input and a table of the database.`,
      {
        hint: `Write :${table} where the list is meant; the word alone is then the table.`,
      },
    ),
  );
}

function withoutColumns({ source }: RelationsPlan, field: string): MillraceError {
  return neverAgain(
    new MillraceError(
      "INPUT_INVALID",
      `The list "${field}" that ${source.what} reads is empty, so its columns are unknown.`,
      {
        hint: `Say them: relations: { ${field}: { id: "integer", name: "text" } }. Or give a schema as \`input\`.`,
      },
    ),
  );
}

interface JsonSchema {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** The columns of a field according to the schema of the input, where that schema can be written as JSON Schema. */
function columnsInSchema(input: StandardSchema | undefined, field: string): DeclaredColumns {
  if (input === undefined) return {};
  const schema = jsonSchemaOf(input) as JsonSchema | null;
  const properties = schema?.properties?.[field]?.items?.properties ?? {};
  return Object.fromEntries(Object.entries(properties).map(([name, column]) => [name, typeInSchema(column)]));
}

function typeInSchema({ type, format }: JsonSchema): ColumnType {
  switch (type) {
    case "boolean":
      return "boolean";
    case "integer":
      return "integer";
    case "number":
      return "double";
    case "string":
      return format === "date-time" ? "timestamp" : "text";
    case "object":
    case "array":
      return "json";
    default:
      return "text";
  }
}
