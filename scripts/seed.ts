// `npm run seed -- --runs 10000 --tasks 1000 --log-mb 100`: a project with a past, made by the engine itself.
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Seeded, seed } from "./seed/fill.ts";

const USAGE = `usage: npm run seed -- [--runs <count>] [--tasks <count>] [--log-mb <size>] [--dir <folder>] [--database <url>]

  --runs      How many runs there are to be. Defaults to 1000.
  --tasks     How many tasks the large flow has, of which one run in ten is. Defaults to 1000.
  --log-mb    The size of one long log, in megabytes. Defaults to 10.
  --dir       The project's folder, new or seeded before. Defaults to .seed.
  --database  Where the state is kept. Defaults to the SQLite file of the project.
`;

const count = (text: string, least: number): number => {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  process.stderr.write(`"${text}" is not a whole number from ${least} on.\n\n${USAGE}`);
  process.exit(2);
};

function readArguments(): Parameters<typeof seed>[0] {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({ options: { runs: text, tasks: text, "log-mb": text, dir: text, database: text } });
    return {
      dir: resolve(values.dir ?? ".seed"),
      runs: count(values.runs ?? "1000", 1),
      tasks: count(values.tasks ?? "1000", 1),
      logMb: count(values["log-mb"] ?? "10", 0),
      ...(values.database === undefined ? {} : { databaseUrl: values.database }),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = readArguments();
const begun = Date.now();
const onProgress = ({ runs, taskRuns }: Seeded) => process.stderr.write(`${runs} runs, ${taskRuns} task runs\n`);
const seeded = await seed({ ...options, onProgress }).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const seconds = (Date.now() - begun) / 1_000;
process.stdout.write(
  `${seeded.runs} runs, ${seeded.taskRuns} task runs and ${seeded.events} events in ${seconds.toFixed(0)} s, ` +
    `${Math.round(seeded.taskRuns / seconds)} task runs a second\n` +
    (seeded.longLog === undefined
      ? ""
      : `The long log is of run ${seeded.longLog.run}, attempt ${seeded.longLog.attempt}.\n`) +
    `Look at it: cd ${options.dir} && npx millrace server\n`,
);
