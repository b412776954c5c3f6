/** What was done, as a sentence begins: `Started a run`. */
const WORDS: Readonly<Record<string, string>> = {
  activateVersion: "Made a version active",
  setPool: "Set a pool",
  deletePool: "Deleted a pool",
  prune: "Removed what is old",
  drainWorker: "Changed what a worker takes",
  startRun: "Started a run",
  pauseTriggers: "Paused a flow",
  resumeTriggers: "Resumed a flow",
  pauseTrigger: "Paused a schedule or trigger",
  resumeTrigger: "Resumed a schedule or trigger",
  fireTrigger: "Gave a trigger an event",
  tryTrigger: "Tried a trigger",
  cancelRun: "Cancelled a run",
  rerun: "Ran again",
  markTasks: "Marked tasks",
  decideApproval: "Decided an approval",
  createBackfill: "Began a backfill",
  pauseBackfill: "Paused a backfill",
  resumeBackfill: "Resumed a backfill",
  cancelBackfill: "Cancelled a backfill",
  setBackfill: "Changed the pace of a backfill",
  planBackfillRetry: "Looked at the retry of a backfill",
  retryBackfill: "Retried a backfill",
  logIn: "Logged in",
  logOut: "Logged out",
  setUp: "Set up the first user",
  changePassword: "Changed a password",
  resetPassword: "Reset a password",
  endSession: "Ended a session",
  createToken: "Made an API token",
  revokeToken: "Revoked an API token",
  createUser: "Added a user",
  setGrants: "Changed what a user may do",
  disableUser: "Disabled a user",
  enableUser: "Enabled a user",
  setSecret: "Set a secret",
  deleteSecret: "Deleted a secret",
  setVariable: "Set a variable",
  deleteVariable: "Deleted a variable",
  changePartitions: "Changed keys of partitions",
  testAlertRule: "Tested an alert rule",
  retryAlertDelivery: "Sent an alert again",
};

/** An operation in words; its own name where there are none for it. */
export function actionText(action: string): string {
  return WORDS[action] ?? action;
}

/** From where somebody did it: `web page, 127.0.0.1`, `HTTP API, 127.0.0.1`, `command line, build-7`. */
export function originText(from: string): string {
  return from
    .replace(/^web /, "web page, ")
    .replace(/^api /, "HTTP API, ")
    .replace(/^command /, "command line, ");
}

/** What has a page of its own. */
export interface Linked {
  readonly kind: "flow" | "run" | "backfill";
  readonly name: string;
}

/** What a row names as what was changed, where that has a page. */
export function linkOfTarget(target: string): Linked | undefined {
  const [, kind, name] = /^(flow|run|backfill) ([^ ]+)$/.exec(target) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as Linked["kind"], name };
}

/** What a row says was made by it, where that has a page. */
export function linkOfMade(after: unknown): Linked | undefined {
  if (typeof after !== "object" || after === null) return undefined;
  const { run, backfill } = after as { readonly run?: unknown; readonly backfill?: unknown };
  if (typeof backfill === "string") return { kind: "backfill", name: backfill };
  return typeof run === "string" ? { kind: "run", name: run } : undefined;
}
