import type { Command, RunTrigger } from "@millrace/core";
import type { RunWish } from "./run-wish.ts";

/** What a command wishes for that asks for a run. */
export function wishOf(command: Command & { readonly kind: "request_run" }, trigger: RunTrigger): RunWish {
  return {
    flow: command.flow,
    version: command.version,
    params: command.params,
    window: command.window,
    slice: command.slice ?? null,
    scheduledAtMs: null,
    backfill: null,
    trigger,
    class: command.class ?? "live",
    idempotencyKey: command.idempotencyKey,
    selection: command.selection,
  };
}
