import { randomUUID } from "node:crypto";
import type { Command, CommandId, Epoch, Store } from "@millrace/core";
import { decidePool, LimitBook } from "@millrace/engine";
import { openStore } from "@millrace/store";
import type { Project } from "../project/project.ts";
import { askWhoLeads } from "../runtime/ask-who-leads.ts";
import { userName } from "../runtime/user-name.ts";
import { commandOrigin, ProjectAudit } from "../security/audit/project-audit.ts";

export type PoolChange = Command & { readonly kind: "set_pool" | "delete_pool" };

/**
 * Sets the size of a pool, or takes it back. When a process leads the project it is asked to, and it counts there at once;
 * else this process leads for the moment that writing takes, and starts nothing. Gives who did it, if another process did.
 *
 * @throws `UNKNOWN_POOL` where there is nothing to take back, `USAGE` for a size that is none.
 */
export async function changePool(project: Project, change: PoolChange): Promise<string | null> {
  const store = await openStore(project.database);
  try {
    const before = (await store.limits.listPools()).find(({ name }) => name === change.pool);
    const leader = await changeBy(store, change);
    await new ProjectAudit(store.audit).record({
      actor: userName(),
      action: change.kind === "set_pool" ? "setPool" : "deletePool",
      target: `pool ${change.pool}`,
      from: commandOrigin(),
      before: before === undefined ? null : { slots: before.slots },
      after: change.kind === "set_pool" ? { slots: change.slots, description: change.description } : null,
    });
    return leader;
  } finally {
    await store.close();
  }
}

async function changeBy(store: Store, change: PoolChange): Promise<string | null> {
  const leadership = await store.lead(`${userName()}: pool`);
  if (leadership === undefined) return (await askWhoLeads(store, change)).leader;
  try {
    await changeAlone(store, leadership.epoch, change);
    return null;
  } finally {
    await leadership.release();
  }
}

async function changeAlone(store: Store, epoch: Epoch, command: PoolChange): Promise<void> {
  const limits = new LimitBook({});
  await limits.load(store.limits);
  const id = randomUUID() as CommandId;
  const row = decidePool(limits, { id, actor: userName(), createdAtMs: Date.now(), command });
  await store.commit(epoch, { ...NOTHING, pools: [row] });
}

const NOTHING = {
  runs: [],
  taskRuns: [],
  attempts: [],
  outputs: [],
  events: [],
  reports: [],
  cacheEntries: [],
  answers: [],
  rates: [],
  triggers: [],
  ticks: [],
  backfills: [],
  partitionKeys: [],
};
