import { loadavg } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { machine, say } from "../figures.ts";
import { type Folders, openFolders } from "./folders.ts";
import { type MeasureOptions, measureWorks } from "./measure.ts";
import { type Peer, WORKS, type WorkName } from "./peer.ts";
import { airflow } from "./peers/airflow.ts";
import { bullmq } from "./peers/bullmq.ts";
import { dagsterInProcess, dagsterMultiprocess } from "./peers/dagster.ts";
import { dbos } from "./peers/dbos.ts";
import { millraceRows } from "./peers/millrace.ts";
import { prefectCalled, prefectServed } from "./peers/prefect.ts";
import { restate } from "./peers/restate.ts";
import { type Results, type Row, writeResults } from "./results.ts";
import { Stage } from "./stage.ts";
import { page } from "./table.ts";

const PEERS: readonly Peer[] = [
  ...millraceRows.filter(({ language }) => language === "Python"),
  prefectCalled,
  prefectServed,
  dagsterInProcess,
  dagsterMultiprocess,
  airflow,
  ...millraceRows.filter(({ language }) => language === "TypeScript"),
  bullmq,
  dbos,
  restate,
];

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const USAGE = `usage: npm run -s bench -- peers [options]

--install          only bring what is missing into the folder
--quick            one repetition, and nothing is kept
--only <ids>       only these rows, and nothing is kept: ${PEERS.map(({ id }) => id).join(", ")}
--work <names>     only these works, and nothing is kept: ${WORKS.join(", ")}
--repetitions <n>  how often a work is repeated after its first run. Defaults to 5
--budget <s>       no further repetition when they took so long together. Defaults to 20
--limit <s>        gives up a run that takes longer. Defaults to 240
--dir <folder>     where everything is installed and run. Defaults to a folder of its own below the temporary one
`;

/** Measures all peers, one after the other, and prints the page; a whole run is kept in `results/`. */
export async function peers(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      install: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      work: { type: "string" },
      repetitions: { type: "string" },
      budget: { type: "string", default: "20" },
      limit: { type: "string", default: "240" },
      dir: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const folders = openFolders(values.dir);
  const rows = chosen(PEERS, values.only, ({ id }) => id);
  if (values.install) return await installAll(rows, folders);
  const options: MeasureOptions = {
    works: chosen<WorkName>(WORKS, values.work, (work) => work),
    repetitions: Number(values.repetitions ?? (values.quick ? 1 : 5)),
    budgetS: Number(values.budget),
    limitS: Number(values.limit),
  };
  const results = await measureAll(rows, folders, options);
  if (results === undefined) return 130;
  process.stdout.write(page(results));
  const isWhole = !values.quick && values.only === undefined && values.work === undefined;
  if (isWhole) for (const file of writeResults(results, page(results))) say(`kept: ${file}`);
  return 0;
}

/** Those whose names are in a list with commas; all when there is none. */
function chosen<Item>(items: readonly Item[], list: string | undefined, nameOf: (item: Item) => string): Item[] {
  if (list === undefined) return [...items];
  return list.split(",").map((name) => {
    const found = items.find((item) => nameOf(item) === name);
    if (found === undefined) throw new Error(`"${name}" is none of ${items.map(nameOf).join(", ")}`);
    return found;
  });
}

async function installAll(rows: readonly Peer[], folders: Folders): Promise<number> {
  let failed = 0;
  for (const peer of rows) {
    try {
      await peer.install(folders);
      say(`${peer.id}: ${(await peer.versions(folders)).join(", ")}`);
    } catch (error) {
      failed += 1;
      say(`${peer.id}: ${wordsOf(error)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

/** Undefined when somebody ended it. */
async function measureAll(
  rows: readonly Peer[],
  folders: Folders,
  options: MeasureOptions,
): Promise<Results | undefined> {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  if (loadBefore > 0.5)
    say(`The machine is busy (load ${loadBefore.toFixed(2)}): these figures are not worth keeping.`);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of SIGNALS) process.on(signal, end);
  const measured: Row[] = [];
  for (const peer of rows) {
    if (!ending.signal.aborted) measured.push(await measureRow(peer, { folders, options, ending: ending.signal }));
  }
  for (const signal of SIGNALS) process.off(signal, end);
  if (ending.signal.aborted) return undefined;
  const { repetitions, budgetS, limitS } = options;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    loadBefore,
    options: { repetitions, budgetS, limitS },
    rows: measured,
  };
}

interface Run {
  readonly folders: Folders;
  readonly options: MeasureOptions;
  readonly ending: AbortSignal;
}

/** Installs, starts, measures and ends one peer. What fails is its row's reason, and the next one has its turn. */
async function measureRow(peer: Peer, { folders, options, ending }: Run): Promise<Row> {
  const { id, title, language, tasksRunIn, durable, settings } = peer;
  const row = { id, title, language, ours: peer.ours ?? false, tasksRunIn, durable, settings };
  let versions: readonly string[] = [];
  say(`${title} (${language})`);
  const stage = new Stage(folders, id);
  // What waits for the peer then learns that its processes are gone.
  const stop = (): void => void stage.stop();
  ending.addEventListener("abort", stop);
  try {
    await peer.install(folders);
    versions = await peer.versions(folders);
    const works = await measureWorks(peer, { stage, running: await peer.start(stage), options });
    await stage.stop();
    if (Object.values(works).some((found) => "failure" in found)) say(`  its logs: ${stage.dir}`);
    else stage.remove();
    return { ...row, versions, failure: null, works };
  } catch (error) {
    say(`  could not run: ${wordsOf(error)}\n  its logs: ${stage.dir}`);
    return { ...row, versions, failure: wordsOf(error), works: {} };
  } finally {
    ending.removeEventListener("abort", stop);
    await stage.stop();
  }
}

/** One line that says why. Programs that fail have said it on their standard error, last. */
function wordsOf(error: unknown): string {
  const { message, stderr } = error as { message?: string; stderr?: string };
  const said = stderr?.trim().split("\n").at(-1);
  return (said === undefined || said === "" ? (message ?? String(error)) : said).split("\n")[0] ?? "";
}
