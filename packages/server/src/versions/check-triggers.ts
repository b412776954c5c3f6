import { didYouMean, type FlowSpec } from "@millrace/core";
import type { Project } from "../project/project.ts";
import { findingAt } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** Webhooks that anybody may call who can reach the server: their author has said so, and may have forgotten it. */
export function unsignedWebhooks(project: Project, spec: FlowSpec): Diagnostic[] {
  return spec.triggers.flatMap((trigger) => {
    if (trigger.kind !== "webhook" || trigger.secretVariable !== null) return [];
    const message = `The webhook "${trigger.name}" of ${spec.name} takes requests that nobody has signed.`;
    const hint =
      'Give it a secret, `secret: env("A_VARIABLE")`, unless whatever stands before the server checks who calls.';
    const finding = { severity: "warning", code: "INVALID_OPTION", message, hint } as const;
    return [findingAt(project.dir, trigger.place ?? spec.place, finding)];
  });
}

/** Triggers that wait for the end of flows that are not there. */
export function unknownFlowsWaitedFor(project: Project, specs: readonly FlowSpec[]): Diagnostic[] {
  const names = specs.map(({ name }) => name);
  return specs.flatMap((spec) =>
    spec.triggers.flatMap((trigger) => {
      if (trigger.kind !== "flow_finished" || names.includes(trigger.flow)) return [];
      const message = `The trigger "${trigger.name}" of ${spec.name} waits for the flow "${trigger.flow}", which is not in this project.`;
      const hint = didYouMean(trigger.flow, names, "flows");
      const finding = { severity: "warning", code: "UNKNOWN_FLOW", message, hint } as const;
      return [findingAt(project.dir, trigger.place ?? spec.place, finding)];
    }),
  );
}
