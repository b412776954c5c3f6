import { randomUUID } from "node:crypto";
import { didYouMean, encode, MillraceError } from "@millrace/core";
import type { Call, Handlers } from "../call.ts";
import { submit } from "../submit.ts";
import { findFlow } from "./active-flows.ts";

type Names = "pauseTriggers" | "resumeTriggers" | "pauseTrigger" | "resumeTrigger" | "fireTrigger";

/** What can be done about schedules and triggers. */
export const TRIGGER_WRITING: Handlers<Names> = {
  pauseTriggers: (call) => pause(call, null),
  resumeTriggers: (call) => resume(call, null),
  pauseTrigger: (call) => pause(call, call.params.trigger),
  resumeTrigger: (call) => resume(call, call.params.trigger),

  async fireTrigger(call) {
    const { body, idempotencyKey } = call;
    const { flow, trigger } = call.params;
    const { spec } = await findFlow(call.runtime, flow, undefined);
    const found = spec.triggers.find(({ name }) => name === trigger);
    if (found === undefined) {
      throw new MillraceError("UNKNOWN_TRIGGER", `The flow "${flow}" has no trigger "${trigger}".`, {
        hint: didYouMean(
          trigger,
          spec.triggers.map(({ name }) => name),
          "triggers",
        ),
      });
    }
    // A webhook's event has more to it than a body.
    const payload = found.kind === "webhook" ? { body: body.payload, headers: {} } : body.payload;
    const answer = await submit(call, `fire ${flow} ${trigger}`, {
      kind: "fire_trigger",
      flow,
      trigger,
      key: body.key ?? idempotencyKey ?? randomUUID(),
      payload: encode(payload, "payload"),
    });
    const { outcome, reason } = ("event" in answer ? answer.event : undefined) ?? { outcome: "run", reason: null };
    return { run: answer.run, outcome, reason };
  },
};

async function pause(call: Call<"pauseTriggers" | "pauseTrigger">, trigger: string | null): Promise<{ ok: true }> {
  const { flow } = call.params;
  const command = { kind: "pause_trigger", flow, trigger, reason: call.body.reason } as const;
  await submit(call, `pause ${flow} ${trigger ?? ""}`, command);
  return { ok: true };
}

async function resume(call: Call<"resumeTriggers" | "resumeTrigger">, trigger: string | null): Promise<{ ok: true }> {
  const { flow } = call.params;
  await submit(call, `resume ${flow} ${trigger ?? ""}`, { kind: "resume_trigger", flow, trigger });
  return { ok: true };
}
