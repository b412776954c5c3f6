import type { Handlers } from "../call.ts";
import { submit } from "../submit.ts";
import { findFlow } from "./active-flows.ts";

/** What can be done about a project as a whole. */
export const PROJECT_WRITING: Handlers<"setPool" | "deletePool" | "drainWorker" | "prune"> = {
  async drainWorker(call) {
    const { worker } = call.params;
    const isDraining = call.body.drain;
    await submit(call, `worker ${worker} drain`, { kind: "drain_worker", worker, isDraining });
    return { ok: true };
  },

  async setPool(call) {
    const { pool } = call.params;
    const { slots, description } = call.body;
    const before = (await call.runtime.pools(0)).find(({ name }) => name === pool);
    call.note.before = before === undefined ? null : { slots: before.slots, description: before.description };
    await submit(call, `pool ${pool}`, { kind: "set_pool", pool, slots, description });
    return { ok: true };
  },

  async deletePool(call) {
    const { pool } = call.params;
    await submit(call, `pool ${pool} delete`, { kind: "delete_pool", pool });
    return { ok: true };
  },

  async prune(call) {
    const { flow, rule } = call.body;
    if (flow !== null) await findFlow(call.runtime, flow, undefined);
    const answer = await submit(call, `prune ${flow ?? ""}`, { kind: "prune", flow, rule });
    const { families, runs } = ("pruned" in answer ? answer.pruned : undefined) ?? { families: 0, runs: 0 };
    return { families, runs };
  },
};
