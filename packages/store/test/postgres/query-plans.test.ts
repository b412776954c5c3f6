import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../../test/setup/shared-postgres.ts";
import { everyPostgresAct, everyPostgresStatement } from "../../scripts/every-act.ts";
import { PLANS } from "../../src/postgres/connector.ts";
import { compiledAct } from "../../src/postgres/statement.ts";

let database: FreshDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  await (await openStore(parseDatabaseUrl(database.url))).close();
  const settings = [["search_path", "millrace"], ...PLANS].map(([name, value]) => `-c ${name}=${value}`);
  client = new Client({ connectionString: database.url, options: settings.join(" ") });
  await client.connect();
  await client.query(HISTORY);
});
afterAll(async () => {
  await client.end();
  await database.remove();
});

/** Enough rows for the planner to have opinions, most of them finished, over several days. */
const HISTORY = `
  insert into run select n, 'run' || n, 'flow' || n % 10, 'v' || n % 3, case when n < 1990 then 'success' else 'running' end,
    '{}', 0, 0, '{}', null, 'key' || n, null, null, case when n % 20 = 0 then 'run' || n - 1 end, n, n, n, null,
    case when n < 1990 then 1 else 0 end, 0, 'live', null, case when n % 4 = 0 then n end, null,
    case when n % 40 = 0 then 'fill' || n % 80 end from generate_series(1, 2000) as n;
  insert into task_run select run, node, '', '', 'success', 1, 0, 0, 1, 1, 1, null, null, null,
    case when node = 9 then 'run1' end, 0, case when node = 8 and run % 50 = 0 then 'run2' end, null, null, null
    from generate_series(1, 2000) as run, generate_series(0, 9) as node;
  insert into attempt select run, run * 10 + node, node, '', '', 1, 'success', 1, 1, 1, null
    from generate_series(1, 2000) as run, generate_series(0, 9) as node;
  insert into output select run, node, '', '1', case when node = 5 and run % 50 = 0 then 'artifact' || run end, null
    from generate_series(1, 2000) as run, generate_series(0, 9) as node;
  insert into event select n, n / 20 + 1, (extract(epoch from now())::bigint + n % 4 * 86400) * 1000, 'task.started', 0, '',
    null, null from generate_series(1, 20000) as n;
  insert into report (run, node, item, attempt, at, kind, asset, data) select n, 0, '', 1, n, 'custom', null, '{}'
    from generate_series(1, 5000) as n;
  insert into cache_entry select 'key' || n, 'run1', null, case when n % 100 = 0 then 'artifact' || n end, null, n
    from generate_series(1, 5000) as n;
  insert into command (id, actor, created_at, command, answer) select 'command' || n, 'cli', n, '{}',
    case when n < 4990 then '{}' end from generate_series(1, 5000) as n;
  insert into released_artifact select 'artifact' || n, n from generate_series(1, 1000) as n;
  insert into forgotten_run select n, 'gone' || n, n, n % 2 from generate_series(1, 1000) as n;
  insert into version select 'v' || n, n, '{}', '{}' from generate_series(1, 100) as n;
  insert into source select 'hash' || n, '' from generate_series(1, 1000) as n;
  insert into version_source select 'v' || n % 100 + 1, 'file' || n, 'hash' || n % 1000 + 1, 1, null, null, '[]'
    from generate_series(1, 5000) as n;
  insert into flow_trigger select 'flow' || n % 10, 'schedule' || n, 'schedule', 'f', null, 1, 1, '[]', null, '[]', '[]',
    null, 0, 0 from generate_series(1, 1000) as n;
  insert into tick select 'flow' || n % 10, 'schedule' || n % 100, n, case when n % 5 = 0 then 'event' || n else '' end,
    case when n % 25 = 0 then 'polled' else 'run' end, null, null, null, n from generate_series(1, 5000) as n;
  insert into backfill select 'fill' || n, 'flow' || n % 10, 'ann', n, n, n, case when n < 990 then 'success' else 'running' end,
    '{}', 'v1', 1, 2, '{}', 1, 1, 0, 0, null from generate_series(1, 1000) as n;
  insert into partition_key (name, key) select 'keys' || n % 10, 'key' || n from generate_series(1, 2000) as n;
  insert into alert_delivery select 'A' || n, 'rule' || n % 10, 'slack', case when n < 1990 then 'sent' else 'waiting' end, '{}',
    n, case when n < 1990 then 0 else n end, case when n < 1990 then n end, '[]' from generate_series(1, 2000) as n;
  insert into ledger select 'default', 1, n, 0, 0, 0, 0, true from generate_series(1, 1000) as n;
  analyze`;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/** What the server intends to do for a statement, whatever its values. */
async function planOf(text: string): Promise<PlanNode[]> {
  const places = new Set([...text.matchAll(/\$\d+/g)].map(([place]) => place)).size;
  await client.query(`prepare planned as ${text}`);
  const nulls = places === 0 ? "" : ` (${Array(places).fill("null").join(", ")})`;
  const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
    `explain (format json) execute planned${nulls}`,
  );
  await client.query("deallocate planned");
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  return rows.flatMap((row) => row["QUERY PLAN"].flatMap(({ Plan }) => flat(Plan)));
}

/** Tables with a row for each process, pool or rate in use, or one in all: no history is in them. */
const SMALL = ["lease", "project", "server", "worker", "pool", "rate"];

/** Nodes that read a table, or an index, from one end. */
function walks(plan: readonly PlanNode[]): string[] {
  return plan
    .filter((node) => /^(?:Seq|Index|Index Only|Bitmap Heap) Scan$/.test(node["Node Type"]))
    .filter((node) => node["Node Type"] === "Seq Scan" || node["Index Cond"] === undefined)
    .filter((node) => !SMALL.includes(node["Relation Name"] ?? ""))
    .map((node) => node["Index Name"] ?? `all of ${node["Relation Name"]}`);
}

/** Conditions that rows are read for and not looked up by. */
function leftOut(plan: readonly PlanNode[]): string[] {
  return plan
    .filter((node) => node.Filter !== undefined && !SMALL.includes(node["Relation Name"] ?? ""))
    .map((node) => `${node["Index Name"]}: ${node.Filter}`);
}

/** Acts that walk an index from one end, each for a reason: what they walk is small, or they stop at a limit. */
const WALKS: Readonly<Record<string, string>> = {
  // The index holds unsettled runs and nothing else.
  listUnsettledRuns: "run_unsettled",
  // The index holds unanswered commands and nothing else.
  listPendingCommands: "command_pending",
  // For people: reads the ids of all runs, from the newest, until it has enough.
  listRunsBySuffix: "run_id_key",
  // Task runs of unsettled runs, which are what is under way.
  listAwaitedRuns: "run_unsettled",
  // The indexes hold forgotten runs in one state of being removed, and nothing else.
  findForgottenRun: "forgotten_run_full",
  listEmptiedRuns: "forgotten_run_emptied",
  // As many as the project's flows have; a new leader reads them all.
  listTriggers: "flow_trigger_pkey",
  listNewestTicks: "flow_trigger_pkey",
  // People set some dozens.
  listVaultEntries: "vault_entry_pkey",
  // The people of one project.
  listAccounts: "account_pkey",
  findAnyAccount: "account_pkey",
  // From the oldest, to a limit: whoever asks removes these and asks again.
  listOldestCommands: "command_pkey",
  listOldestReports: "report_pkey",
  // The index holds messages that wait to be sent and nothing else.
  findNextAlertDelivery: "alert_delivery_due",
};

/** Sorts of what is few: one row for each process, or as many as the limit says; and sums over a stretch of time, for people. */
const SORTS = ["listServers", "removeEvents", "tallyWindows", "tallyMade", "tallyOthers"];

const IDS_OVER = "undefined: ((place + 64) <= length($3))";

/** What is looked at and left out, by the index that it is looked up in: all of it is one run's, or as few. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  listRunsBySuffix: "run_id_key: (id ~~ $1)",
  listLiveAttempts: "attempt_pkey: (ended_at IS NULL)",
  // Of one run, as above: an index by task would cost every attempt twice.
  listAttemptsAt: "attempt_pkey: ((node = $2) AND (item = $3))",
  listTaskRunsInStateAfter: "task_run_pkey: (state = $5)",
  // None, unless a clock was set back.
  countRuns: "run_pkey: (created_at >= $2)",
  // Of runs that were cancelled while they waited.
  listAsked: "task_run_asked: (state = 'deferred'::text)",
  listRootsOfFlow: "run_flow: (root_run IS NULL)",
  findRoot: "run_id_key: (root_run IS NULL)",
  listAwaitedRuns: "task_run_pkey: (child_run IS NOT NULL)",
  forgetRun: "run_pkey: (settled = $2)",
  crossOffRun: "forgotten_run_id_key: (emptied = $2)",
  removeCustomReports: "report_run: (asset IS NULL)",
  // Of one trigger, from its oldest tick; what was made up for lately is younger than its tick.
  removeTicks: "tick_pkey: (decided_at < $4)",
  // Answered commands are most of them, and go from the oldest.
  removeAnsweredCommands: "command_pkey: (answer IS NOT NULL)",
  // Ids that were asked for: what is left out is the end of their text.
  findRuns: IDS_OVER,
  listNodeStates: IDS_OVER,
  listStatesOf: IDS_OVER,
  countVersionRuns: IDS_OVER,
  listVaultEntries: "vault_entry_pkey: (holding <> $1)",
  // Of a kind, which is some dozens.
  removeCredentialsOfAccount: "credential_pkey: (account = $2)",
  resealVaultEntry: "vault_entry_pkey: ((version = $5) AND (key_id = $6))",
  changeAlertDelivery: "alert_delivery_pkey: ((next_at = $6) AND (tries = $7))",
};

describe("the plan on PostgreSQL of", () => {
  const acts = everyPostgresAct().map((act) => [act.name, compiledAct(act).sql] as const);

  test.each(acts)("%s looks up what it needs and scans nothing", async (name, sql) => {
    const plan = await planOf(sql);
    expect(walks(plan)).toEqual(name in WALKS ? [WALKS[name]] : []);
    expect(leftOut(plan)).toEqual(name in LEFT_OUT ? [LEFT_OUT[name]] : []);
    // Rows come out of an index in their order; sorting would read them all before the first.
    if (!SORTS.includes(name)) expect(plan.filter((node) => node["Node Type"].includes("Sort"))).toEqual([]);
  });

  const statements = everyPostgresStatement().map(({ name, text }) => [name, text] as const);

  test.each(statements)("'%s' looks up what it needs and scans nothing", async (_, text) => {
    expect(walks(await planOf(text))).toEqual([]);
  });
});
