// Calls of each route that changes something, and the row that each of them leaves in the audit.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { parseGrant } from "@millrace/core";
import { bearer, PASSWORD, type ServedProject } from "../access/served-project.ts";

/** What must stand in no row: it is sent as every password, secret and token. */
const CANARY = "canary-7Q2xV9-never-shown";

interface Call {
  readonly name: RouteName;
  readonly path: string;
  readonly body?: unknown;
}

export interface RecordedCalls {
  readonly called: readonly RouteName[];
  /** Calls that did not leave exactly one row, or that failed. */
  readonly wrong: readonly string[];
  /** Rows in which something stood that must not. */
  readonly shown: readonly string[];
  /** Routes that change something and were not called. */
  readonly missing: readonly RouteName[];
}

/** Routes whose calls need more than a project has here: a waiting person, a failed message, a run that has not ended. */
const NOT_CALLED: readonly RouteName[] = [
  "decideApproval",
  "cancelRun",
  "retryAlertDelivery",
  "testAlertRule",
  "setUp",
  "endSession",
  "changePassword",
];
const READS: readonly RouteName[] = ["planBackfill", "planRerun", "planMark"];

/** Calls each route that changes something, once. */
export async function callEachRoute(project: ServedProject): Promise<RecordedCalls> {
  const headers = bearer(await project.token("recorder", { grants: [parseGrant("admin")] }));
  const rows = async (): Promise<number> => (await project.runtime.audit.verify()).head.seq;
  const wrong: string[] = [];
  const called: RouteName[] = [];
  const call = async ({ name, path, body }: Call): Promise<Readonly<Record<string, unknown>>> => {
    const before = await rows();
    const said = await project.ask({ method: routeOf(name).method, path: `/api/v1/${path}`, headers, body });
    const written = (await rows()) - before;
    called.push(name);
    if (said.status >= 300 || written !== 1) wrong.push(`${name}: ${said.status} ${said.detail}, ${written} rows`);
    return said.body;
  };
  await callAll(project, call);
  const audit = await project.runtime.audit.list({ before: Number.MAX_SAFE_INTEGER, limit: 1_000, of: null });
  const shown = audit.filter((row) => [CANARY, PASSWORD].some((text) => JSON.stringify(row).includes(text)));
  const changing = (Object.keys(ROUTES) as RouteName[]).filter((name) => routeOf(name).method !== "GET");
  const missing = changing.filter((name) => ![...called, ...READS, ...NOT_CALLED].includes(name));
  return { called, wrong, shown: shown.map(({ action, after }) => `${action} ${after}`), missing };
}

async function callAll(
  project: ServedProject,
  call: (given: Call) => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const flow = `flows/${encodeURIComponent("sales/orders")}`;
  const { run } = await call({ name: "startRun", path: `${flow}/runs`, body: {} });
  await project.runtime.whenSettled(run as never);
  await call({ name: "rerun", path: `runs/${String(run)}/rerun`, body: { what: "all" } });
  await call({ name: "markTasks", path: `runs/${String(run)}/mark`, body: { tasks: ["hello"], as: "skipped" } });
  await call({ name: "pauseTriggers", path: `${flow}/pause`, body: {} });
  await call({ name: "resumeTriggers", path: `${flow}/resume` });
  await call({ name: "pauseTrigger", path: `${flow}/triggers/webhook/pause`, body: { reason: "a holiday" } });
  await call({ name: "resumeTrigger", path: `${flow}/triggers/webhook/resume` });
  await call({ name: "fireTrigger", path: `${flow}/triggers/webhook/fire`, body: { payload: {} } });
  await callBackfills(project, call);
  await call({ name: "setPool", path: "pools/shop", body: { slots: 3 } });
  await call({ name: "deletePool", path: "pools/shop" });
  await call({ name: "prune", path: "prune", body: {} });
  await call({ name: "setSecret", path: "secrets/shop-token", body: { value: CANARY } });
  await call({ name: "deleteSecret", path: "secrets/shop-token" });
  await call({ name: "setVariable", path: "variables/region", body: { value: "eu" } });
  await call({ name: "deleteVariable", path: "variables/region" });
  await call({ name: "changePartitions", path: "partition-keys/customers", body: { add: ["acme"] } });
  await callPeople(call);
}

async function callBackfills(
  { runtime }: ServedProject,
  call: (given: Call) => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const selection = { kind: "keys_between", from: "2026-01-01", to: "2026-03-01" };
  const { backfill } = await call({
    name: "createBackfill",
    path: "backfills",
    body: { flow: "sales/days", selection },
  });
  await call({ name: "pauseBackfill", path: `backfills/${String(backfill)}/pause` });
  await call({ name: "resumeBackfill", path: `backfills/${String(backfill)}/resume` });
  await call({ name: "cancelBackfill", path: `backfills/${String(backfill)}/cancel` });
  // It has ended when the runs that were under way have.
  while ((await runtime.store.triggers.findBackfill(backfill as never))?.state === "cancelling") await nextTurn();
  await call({ name: "retryBackfill", path: `backfills/${String(backfill)}/retry` });
}

async function callPeople(call: (given: Call) => Promise<Readonly<Record<string, unknown>>>): Promise<void> {
  const grants = [{ role: "viewer", flows: "*" }];
  await call({ name: "createUser", path: "users", body: { name: "ada", password: PASSWORD, grants } });
  await call({ name: "setGrants", path: "users/ada/grants", body: { grants } });
  await call({ name: "resetPassword", path: "users/ada/password", body: { password: CANARY } });
  await call({ name: "logIn", path: "login", body: { name: "ada", password: CANARY } });
  await call({ name: "disableUser", path: "users/ada/disable" });
  await call({ name: "enableUser", path: "users/ada/enable" });
  await call({
    name: "createToken",
    path: "tokens",
    body: { kind: "api", name: "ci", grants, expiresAt: null, user: null },
  });
  await call({ name: "revokeToken", path: "tokens/api/ci" });
  await call({ name: "logOut", path: "logout" });
}
