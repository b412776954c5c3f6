import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { everyAct } from "../../scripts/every-act.ts";
import { compileAct } from "../../src/act.ts";
import { sqliteQueries } from "../../src/sqlite/connection.ts";
import { openConnection } from "../../src/sqlite/open-connection.ts";
import { temporaryFolders } from "../temporary-folder.ts";

const makeFolder = temporaryFolders();

/** What SQLite intends to do for each act, without the rows that statistics could tempt it with. */
function planOf(name: string): string[] {
  const act = everyAct().find((one) => one.name === name);
  if (act === undefined) throw new Error(`There is no act ${name}`);
  const connection = openConnection(join(makeFolder(), "millrace.db"), { readonly: false, busyTimeoutMs: 0 });
  try {
    // Values do not matter to a plan: every parameter is null until it is bound.
    const { sql } = compileAct(act, sqliteQueries);
    return connection.query(`explain query plan ${sql}`).map((step) => String(step["detail"]));
  } finally {
    connection.close();
  }
}

const ASKED = ["SCAN CONSTANT ROW", "SCAN asked", "SCAN asked"] as const;

/** Acts that walk an index from one end, each for a reason: what they walk is small, or they stop at a limit. */
const WALKS: Readonly<Record<string, string | readonly string[]>> = {
  // The index holds unsettled runs and nothing else.
  listUnsettledRuns: "SCAN run USING INDEX run_unsettled",
  // The index holds unanswered commands and nothing else.
  listPendingCommands: "SCAN command USING INDEX command_pending",
  // One row for each process that works on the project now.
  listServers: "SCAN server",
  // As many runs as were asked for, which are looked up by their ids.
  findRuns: ASKED,
  // The same, whose task runs are looked up: what was found is put together.
  listNodeStates: [...ASKED, "SCAN worst"],
  // As many nodes as a page shows, whose task runs are looked up.
  listStatesOf: ASKED,
  // As many versions, whose runs are found in the index, up to a limit: they are counted.
  countVersionRuns: [...ASKED, "SCAN own"],
  // As many runs as were asked for, whose task runs are looked up.
  listTaskTimes: "SCAN newest",
  // The names of the flows, which are jumped to, and of each the few runs that were looked up.
  listNewestRuns: ["SCAN named", "SCAN named", "SCAN newest"],
  // Runs of a day, which were looked up by their numbers.
  countRuns: "SCAN recent",
  // One row for each worker that is connected.
  listWorkers: "SCAN worker",
  // People set the sizes of a few pools.
  listPools: "SCAN pool",
  // One row for each window or key of a stretch of time: added up once more.
  tallyWindows: "SCAN newest_run",
  // Rates that were used lately; a new leader reads them, after it has removed the others.
  listRates: "SCAN rate",
  removeFullRates: "SCAN rate",
  // For people: reads the ids of all runs, from the newest, until it has enough.
  listRunsBySuffix: "SCAN run USING INDEX sqlite_autoindex_run_1",
  // Task runs of unsettled runs, which are what is under way.
  listAwaitedRuns: "SCAN run USING COVERING INDEX run_unsettled",
  // The indexes hold forgotten runs in one state of being removed, and nothing else.
  findForgottenRun: "SCAN forgotten_run USING INDEX forgotten_run_full",
  listEmptiedRuns: "SCAN forgotten_run USING INDEX forgotten_run_emptied",
  // As many as the project's flows have; a new leader reads them all.
  listTriggers: "SCAN flow_trigger",
  listNewestTicks: "SCAN own",
  // People set some dozens.
  listVaultEntries: "SCAN vault_entry",
  // The people of one project.
  listAccounts: "SCAN account",
  findAnyAccount: "SCAN account",
  // From the oldest, to a limit: whoever asks removes these and asks again.
  listOldestCommands: "SCAN command",
  listOldestReports: "SCAN report",
  // The table has one row; SQLite looks whether it names the version.
  removeVersion: "SCAN project",
};

/** Acts that add up for people, and give a group where others give rows: what they have to sort is bounded by what they ask. */
const SORTS: Readonly<Record<string, readonly string[]>> = {
  tallyWindows: ["USE TEMP B-TREE FOR GROUP BY", "USE TEMP B-TREE FOR GROUP BY"],
  tallyMade: ["USE TEMP B-TREE FOR GROUP BY"],
  tallyOthers: ["USE TEMP B-TREE FOR GROUP BY"],
  countRuns: ["USE TEMP B-TREE FOR GROUP BY"],
};

describe("the plan of", () => {
  test.each(everyAct().map((act) => act.name))("%s looks up what it needs and scans nothing", (name) => {
    const plan = planOf(name);
    const scans = plan.filter((step) => step.startsWith("SCAN"));
    expect(scans).toEqual(name in WALKS ? [WALKS[name]].flat() : []);
    // Rows come out of an index in their order; sorting would read them all before the first.
    expect(plan.filter((step) => step.includes("TEMP B-TREE"))).toEqual(SORTS[name] ?? []);
  });

  test("listStatesOf reads the task runs of the nodes that are asked for, and no others", () => {
    expect(planOf("listStatesOf")).toContain("SEARCH task_run USING PRIMARY KEY (run=? AND node=?)");
  });

  test("every act of every table is looked at", () => {
    const folder = new URL("../../src/tables/", import.meta.url);
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
    const declared = sources.flatMap((source) => [...source.matchAll(/\bact\(\s*"(\w+)"/g)].map((match) => match[1]));
    expect(everyAct().map((act) => act.name)).toHaveLength(declared.length);
    expect(new Set(declared)).toEqual(new Set(everyAct().map((act) => act.name)));
  });
});
