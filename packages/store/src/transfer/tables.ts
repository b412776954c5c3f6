/** A table that an export has: its name, and what puts its rows in order. */
export interface TransferredTable {
  readonly name: string;
  readonly key: readonly string[];
}

/** In the order in which they can be filled. */
export const TRANSFERRED: readonly TransferredTable[] = [
  { name: "version", key: ["id"] },
  { name: "version_file", key: ["version", "path"] },
  { name: "source", key: ["hash"] },
  { name: "version_source", key: ["version", "path"] },
  { name: "project", key: ["id"] },
  { name: "pool", key: ["name"] },
  { name: "rate", key: ["name"] },
  { name: "run", key: ["num"] },
  { name: "task_run", key: ["run", "node", "item", "hook"] },
  { name: "attempt", key: ["run", "id"] },
  { name: "output", key: ["run", "node", "item"] },
  { name: "event", key: ["seq"] },
  { name: "report", key: ["num"] },
  { name: "cache_entry", key: ["key"] },
  { name: "command", key: ["num"] },
  { name: "forgotten_run", key: ["num"] },
  { name: "released_artifact", key: ["artifact"] },
  { name: "flow_trigger", key: ["flow", "name"] },
  { name: "tick", key: ["flow", "trigger", "at", "key"] },
  { name: "backfill", key: ["id"] },
  { name: "partition_key", key: ["num"] },
  { name: "vault_entry", key: ["kind", "name"] },
  { name: "account", key: ["name"] },
  { name: "credential", key: ["kind", "id"] },
  { name: "audit_entry", key: ["seq"] },
  { name: "audit_head", key: ["id"] },
  { name: "alert_state", key: ["id"] },
  { name: "alert_delivery", key: ["id"] },
];

/** What is of one database alone: its schema, who leads it, which servers and workers there are, and who guessed at passwords there. */
export const NOT_TRANSFERRED: readonly string[] = ["migration", "lease", "ledger", "server", "worker", "login_guess"];
