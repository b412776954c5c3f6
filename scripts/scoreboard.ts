/**
 * `npm run -s scoreboard`: runs the rows of the scoreboard, each in a process of its own, prints a line for each, and
 * writes scoreboard.json and the page docs/internals/scoreboard.md. Ends with 1 when a row does not reach its goal.
 *
 *   --full           in the size of the goals, which takes hours; else in one of a few minutes.
 *   --row <id>       only this row (R7, r07); may be given several times.
 *   --store <name>   only on this store: memory, sqlite or postgres.
 *   --seed <n>       the source of all chance. Defaults to one by chance.
 *   --dry            writes nothing.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { ScoreboardRow, StoreName } from "../test/scoreboard/row.ts";
import type { Entry } from "./scoreboard/entry.ts";
import { commitHere, keyOf, mergeEntries, readScoreboard, writeScoreboard } from "./scoreboard/record.ts";
import { runRow } from "./scoreboard/row-process.ts";
import { SharedPostgres } from "./scoreboard/shared-postgres.ts";

const ROWS = path.resolve(import.meta.dirname, "../test/scoreboard/rows");
const LIMIT_MINUTES = { sized: 2, full: 60 };
const SEEDS = 1_000_000;

interface Listed {
  readonly file: string;
  readonly row: ScoreboardRow;
  readonly store: StoreName;
}

const { values: options } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    row: { type: "string", multiple: true, default: [] },
    store: { type: "string" },
    seed: { type: "string", default: String(Math.floor(Math.random() * SEEDS)) },
    dry: { type: "boolean", default: false },
  },
});

/** `R7`, `r7` and `r07` are one row. */
function plainId(id: string): string {
  return id.toLowerCase().replace(/^([a-z]+)0+/, "$1");
}

async function listRows(): Promise<readonly Listed[]> {
  const files = readdirSync(ROWS).filter((name) => name.endsWith(".ts"));
  const listed: Listed[] = [];
  for (const name of files.sort()) {
    const file = path.join(ROWS, name);
    const { row } = (await import(pathToFileURL(file).href)) as { readonly row: ScoreboardRow };
    if (plainId(row.id) !== plainId(path.parse(name).name)) throw new Error(`${name} holds the row ${row.id}`);
    for (const store of row.stores) listed.push({ file, row, store });
  }
  return listed;
}

function isAskedFor({ row, store }: Listed): boolean {
  if (options.store !== undefined && options.store !== store) return false;
  return options.row.length === 0 || options.row.some((id) => plainId(id) === plainId(row.id));
}

function replayOf({ row, store }: Listed, seed: number): string {
  return `npm run -s scoreboard -- ${options.full ? "--full " : ""}--row ${row.id} --store ${store} --seed ${seed}`;
}

async function measure(listed: Listed, postgres: SharedPostgres): Promise<Entry> {
  const { file, row, store } = listed;
  const [seed, full] = [Number(options.seed), options.full];
  const limits = row.limitMinutes ?? LIMIT_MINUTES;
  const startedAt = performance.now();
  const { figure, reached, details } = await runRow(
    { file, store, full, seed },
    {
      limitMs: (full ? limits.full : limits.sized) * 60_000,
      log: (line) => process.stderr.write(`    ${row.id} ${store}: ${line}\n`),
      postgresUrl: () => postgres.createDatabase(),
    },
  );
  return {
    id: row.id,
    store,
    title: row.title,
    figure,
    goal: row.goal,
    reached,
    seed,
    full,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    replay: replayOf(listed, seed),
    date: new Date().toISOString(),
    commit: commitHere(),
    ...(details === undefined ? {} : { details }),
  };
}

function tell({ id, store, figure, goal, reached, seconds, seed, replay }: Entry): void {
  process.stdout.write(
    `${reached ? "reached" : "MISSED "} ${id} ${store}: ${figure} [goal: ${goal}] seed ${seed}, ${seconds} s\n`,
  );
  if (!reached) process.stdout.write(`        ${replay}\n`);
}

const all = await listRows();
const asked = all.filter(isAskedFor);
if (asked.length === 0) {
  process.stderr.write(`no such row; there are ${all.map(({ row, store }) => `${row.id} on ${store}`).join(", ")}\n`);
  process.exit(2);
}
const postgres = new SharedPostgres();
const entries: Entry[] = [];
try {
  for (const listed of asked) {
    const entry = await measure(listed, postgres);
    entries.push(entry);
    tell(entry);
    if (options.dry) continue;
    const known = new Set(all.map(({ row, store }) => keyOf({ id: row.id, store })));
    writeScoreboard(mergeEntries(readScoreboard()?.rows ?? [], entries, known));
  }
} finally {
  await postgres.stop();
}
const missed = entries.filter(({ reached }) => !reached).length;
process.stdout.write(`${entries.length - missed} reached, ${missed} missed\n`);
process.exitCode = missed === 0 ? 0 : 1;
