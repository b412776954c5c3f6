// Runs one row of the scoreboard on one store, in the process that the scoreboard started for it.
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { RowResult, ScoreboardRow } from "../../test/scoreboard/row.ts";
import type { FromRow, RowJob, ToRow } from "./row-process.ts";

const say = (message: FromRow): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

const addresses: ((message: ToRow) => void)[] = [];
process.on("message", (message: ToRow) => addresses.shift()?.(message));

async function postgresUrl(): Promise<string> {
  const answer = new Promise<ToRow>((resolve) => addresses.push(resolve));
  await say({ kind: "postgres" });
  const { url, error } = await answer;
  if (url === undefined) throw new Error(`there is no PostgreSQL: ${error}`);
  return url;
}

async function run({ file, store, full, seed }: RowJob): Promise<RowResult> {
  const { row } = (await import(pathToFileURL(file).href)) as { readonly row: ScoreboardRow };
  const log = (line: string): void => void say({ kind: "log", line });
  return row.run({ store, full, seed, log, postgresUrl });
}

const job = JSON.parse(process.argv[2] ?? "") as RowJob;
try {
  await say({ kind: "result", result: await run(job) });
  process.exit(0);
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await say({ kind: "failed", text });
  process.exit(1);
}
