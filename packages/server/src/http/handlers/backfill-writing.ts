import type { RouteOutput } from "@millrace/contract";
import type { BackfillChange, CommandAnswer, VersionId } from "@millrace/core";
import type { Call, Handlers } from "../call.ts";
import { submit } from "../submit.ts";
import { findFlow } from "./active-flows.ts";
import { backfillRequest, findBackfill } from "./backfill-reading.ts";

type Change = "pauseBackfill" | "resumeBackfill" | "cancelBackfill" | "retryBackfill";

/** What can be done about backfills. */
export const BACKFILL_WRITING: Handlers<"createBackfill" | "setBackfill" | Change> = {
  async createBackfill(call) {
    const { body } = call;
    const { spec } = await findFlow(call.runtime, body.flow, body.version ?? undefined);
    const version = body.version as VersionId | null;
    const request = backfillRequest(body, { version, maxActiveRuns: spec.policies.maxActiveRuns });
    return named(await submit(call, `backfills ${body.flow}`, { kind: "create_backfill", request }));
  },
  async setBackfill(call) {
    const { id } = await findBackfill(call.runtime, call.params.backfill);
    const { maxActiveRuns } = call.body;
    return named(await submit(call, `backfill ${id} set`, { kind: "set_backfill", backfill: id, maxActiveRuns }));
  },
  pauseBackfill: (call) => change(call, "pause"),
  resumeBackfill: (call) => change(call, "resume"),
  cancelBackfill: (call) => change(call, "cancel"),
  retryBackfill: (call) => change(call, "retry_failed"),
};

async function change(call: Call<Change>, what: BackfillChange): Promise<RouteOutput<Change>> {
  const { id } = await findBackfill(call.runtime, call.params.backfill);
  return named(await submit(call, `backfill ${id} ${what}`, { kind: "change_backfill", backfill: id, change: what }));
}

function named(answer: CommandAnswer): { backfill: string } {
  return { backfill: "backfill" in answer ? (answer.backfill ?? "") : "" };
}
