import type { FlowFinishedSpec, FlowSpec } from "@millrace/core";
import type { Project } from "../project/project.ts";
import { findingAt } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** A flow that is started by the end of another, and by which of its triggers. */
interface Follower {
  readonly flow: FlowSpec;
  readonly trigger: FlowFinishedSpec;
}

/** Flows whose ends start each other, in order: each by the end of the one before it, the first by that of the last. */
export type FlowRing = readonly Follower[];

/** Rings of flows, each flow in one of them at most. */
export function flowRings(flows: readonly FlowSpec[]): readonly FlowRing[] {
  const rings: FlowRing[] = [];
  let left = new Map(flows.map((flow) => [flow.name, flow]));
  for (const { name } of flows) {
    const ring = left.has(name) ? ringThrough(name, left) : undefined;
    if (ring === undefined) continue;
    rings.push(ring);
    const taken = new Set(ring.map(({ flow }) => flow.name));
    left = new Map(Array.from(left).filter(([each]) => !taken.has(each)));
  }
  return rings;
}

/** The shortest way from the end of a flow back to its start; looked for backwards, along who is waited for. */
function ringThrough(name: string, flows: ReadonlyMap<string, FlowSpec>): FlowRing | undefined {
  /** Of each flow that was reached: what is started by its end, towards the flow where the search began. */
  const next = new Map<string, Follower>();
  const queue = [name];
  for (const each of queue) {
    const flow = flows.get(each) as FlowSpec;
    for (const trigger of flow.triggers) {
      if (trigger.kind !== "flow_finished" || !flows.has(trigger.flow) || next.has(trigger.flow)) continue;
      next.set(trigger.flow, { flow, trigger });
      if (trigger.flow === name) return followed(name, next);
      queue.push(trigger.flow);
    }
  }
  return undefined;
}

function followed(name: string, next: ReadonlyMap<string, Follower>): FlowRing {
  const ring: Follower[] = [];
  let at = name;
  do {
    const follower = next.get(at) as Follower;
    ring.push(follower);
    at = follower.flow.name;
  } while (at !== name);
  return ring;
}

/** Why none of the flows of a ring can run. */
export function ringFound(project: Project, ring: FlowRing): Diagnostic {
  const names = ring.map(({ flow }) => flow.name);
  const { flow, trigger } = ring[0] as Follower;
  return findingAt(project.dir, trigger.place ?? flow.place, {
    code: "CYCLE",
    message: `The ends of flows start each other for ever: ${[names.at(-1), ...names].join(" -> ")}.`,
    hint: "Take out one of the triggers; until then none of these flows can run. What goes on and on has the schedule continuous().",
  });
}
