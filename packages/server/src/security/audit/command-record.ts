import type { Command, CommandAnswer, EncodedText } from "@millrace/core";
import type { AuditRecord } from "./project-audit.ts";

type Said = Pick<AuditRecord, "action" | "target" | "after">;

/**
 * What the record says of a command that somebody gave; undefined for what Millrace asks of itself. Actions go by the names of
 * the API's operations, whichever way they came.
 */
export function recordOfCommand(command: Command, answer: CommandAnswer & { readonly ok: true }): Said | undefined {
  switch (command.kind) {
    case "request_run": {
      const { flow, params, window, slice, version, selection } = command;
      const after = { run: answer.run, params: plainOf(params), window, slice, version, selection };
      return { action: "startRun", target: `flow ${flow}`, after };
    }
    case "cancel_run":
      return { action: "cancelRun", target: `run ${command.run}` };
    case "rerun": {
      const { run, selection, version } = command;
      return { action: "rerun", target: `run ${run}`, after: { run: answer.run, selection, version } };
    }
    case "mark": {
      const { run, tasks, as, reason } = command;
      return { action: "markTasks", target: `run ${run}`, after: { run: answer.run, tasks, as, reason } };
    }
    case "set_pool": {
      const { pool, slots, description } = command;
      return { action: "setPool", target: `pool ${pool}`, after: { slots, description } };
    }
    case "delete_pool":
      return { action: "deletePool", target: `pool ${command.pool}` };
    case "pause_trigger":
    case "resume_trigger":
      return ofTrigger(command);
    case "fire_trigger": {
      const { flow, trigger, key, payload } = command;
      const after = { run: answer.run, key, payload: plainOf(payload) };
      return { action: "fireTrigger", target: `trigger ${flow}/${trigger}`, after };
    }
    case "create_backfill": {
      const { request } = command;
      const after = { backfill: "backfill" in answer ? answer.backfill : null, request };
      return { action: "createBackfill", target: `flow ${request.flow}`, after };
    }
    case "change_backfill": {
      const change = command.change === "retry_failed" ? "retry" : command.change;
      return { action: `${change}Backfill`, target: `backfill ${command.backfill}` };
    }
    case "set_backfill": {
      const { backfill, maxActiveRuns } = command;
      return { action: "setBackfill", target: `backfill ${backfill}`, after: { maxActiveRuns } };
    }
    case "drain_worker":
      return { action: command.isDraining ? "drainWorker" : "undrainWorker", target: `worker ${command.worker}` };
    case "change_partitions": {
      const { name, add, remove } = command;
      return { action: "changePartitions", target: `partitions ${name}`, after: { add, remove } };
    }
    case "decide_approval": {
      const { run, node, item, decision, comment } = command;
      return { action: "decideApproval", target: `run ${run}`, after: { node, item, decision, comment } };
    }
    case "prune": {
      const after = { flow: command.flow, rule: command.rule, pruned: "pruned" in answer ? answer.pruned : null };
      return { action: "prune", target: "project", after };
    }
    case "report_attempt":
    case "sync_triggers":
      return undefined;
  }
}

function ofTrigger(command: Command & { readonly kind: "pause_trigger" | "resume_trigger" }): Said {
  const { flow, trigger } = command;
  const verb = command.kind === "pause_trigger" ? "pause" : "resume";
  const after = command.kind === "pause_trigger" ? { reason: command.reason } : null;
  if (trigger === null) return { action: `${verb}Triggers`, target: `flow ${flow}`, after };
  return { action: `${verb}Trigger`, target: `trigger ${flow}/${trigger}`, after };
}

/** Encoded values are JSON, with marks for what JSON has not. */
function plainOf(text: EncodedText): unknown {
  return JSON.parse(text);
}
