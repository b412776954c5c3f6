// Writes what reviewers should see change: the schema that the migrations make, and the SQL that each act compiles to.
// `--write` renews the committed files, `--check` fails when they are not what the sources say now.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { compileAct } from "../src/act.ts";
import { postgresQueries } from "../src/postgres/statement.ts";
import { sqliteQueries } from "../src/sqlite/connection.ts";
import { openConnection } from "../src/sqlite/open-connection.ts";
import { everyAct, everyPostgresAct, everyPostgresStatement } from "./every-act.ts";
import { postgresSchema } from "./postgres-schema.ts";

const HEADER = "-- Made by `npm run snapshots`. Do not edit.\n";

function sqliteSchema(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-snapshot-"));
  const connection = openConnection(join(folder, "millrace.db"), { readonly: false, busyTimeoutMs: 1_000 });
  try {
    const rows = connection.query("select sql from sqlite_schema where sql is not null order by rowid");
    return `${HEADER}\n${rows.map((row) => `${String(row["sql"]).trim()};\n`).join("\n")}`;
  } finally {
    connection.close();
    rmSync(folder, { recursive: true });
  }
}

function actsOf(acts: ReturnType<typeof everyAct>, queries: typeof sqliteQueries): string {
  const texts = acts.map((act) => {
    const { sql, parameters } = compileAct(act, queries);
    const values = parameters.map((parameter) =>
      "name" in parameter ? parameter.name : JSON.stringify(parameter.constant),
    );
    return `-- ${act.name}${values.length === 0 ? "" : `: ${values.join(", ")}`}\n${onLines(sql)};\n`;
  });
  return `${HEADER}-- After each name, the values it takes, in order.\n\n${texts.join("\n")}`;
}

/** Kysely writes a query on one line; a diff of clauses is easier to read. */
function onLines(sql: string): string {
  return sql.replaceAll(/ (?=(?:from|inner join|where|order by|limit|values|on conflict|set|returning) )/g, "\n");
}

function postgresStatements(): string {
  return everyPostgresStatement()
    .map(({ name, text }) => `-- ${name}\n${text};\n`)
    .join("\n");
}

const snapshots = {
  "sqlite-schema.sql": sqliteSchema(),
  "sqlite-acts.sql": actsOf(everyAct(), sqliteQueries),
  "postgres-schema.sql": `${HEADER}\n${await postgresSchema()}\n`,
  "postgres-acts.sql": `${actsOf(everyPostgresAct(), postgresQueries)}\n${postgresStatements()}`,
};
const check = process.argv.includes("--check");
if (!check && !process.argv.includes("--write")) throw new Error("Say --write or --check");

for (const [name, text] of Object.entries(snapshots)) {
  const file = new URL(`../snapshots/${name}`, import.meta.url);
  if (!check) {
    writeFileSync(file, text);
    continue;
  }
  const same = existsSync(file) && readFileSync(file, "utf8") === text;
  process.stdout.write(
    `packages/store/snapshots/${name}: ${same ? "as committed" : "differs; run npm run snapshots"}\n`,
  );
  if (!same) process.exitCode = 1;
}
