import {
  type CommandAnswer,
  type EncodedText,
  encode,
  type FlowFinishedSpec,
  type SensorSpec,
  type TickRow,
  type WebhookSpec,
} from "@millrace/core";
import type { Stage } from "../stage/stage.ts";

/** A webhook, as plain as can be. */
export function webhookOf(options: Partial<WebhookSpec> = {}): WebhookSpec {
  return {
    kind: "webhook",
    name: "webhook",
    secretVariable: null,
    toleranceMs: 300_000,
    maxBodyBytes: 1_000,
    gather: null,
    maps: false,
    place: null,
    ...options,
  };
}

export function afterFlow(flow: string, options: Partial<FlowFinishedSpec> = {}): FlowFinishedSpec {
  return {
    kind: "flow_finished",
    name: "after",
    flow,
    states: ["success"],
    gather: null,
    maps: false,
    place: null,
    ...options,
  };
}

export function sensorOf(options: Partial<SensorSpec> = {}): SensorSpec {
  return {
    kind: "sensor",
    name: "sensor",
    everyMs: 30_000,
    timeoutMs: 60_000,
    gather: null,
    maps: false,
    place: null,
    ...options,
  };
}

/** An event of the flow's webhook. */
export async function fire(stage: Stage, key: string, body: unknown = {}): Promise<CommandAnswer> {
  const payload = encode({ body, headers: {} });
  return await stage.submit({ kind: "fire_trigger", flow: "flow", trigger: "webhook", key, payload });
}

/** What was kept of a trigger's events, the oldest first: `key outcome`. */
export async function ticksOf(stage: Stage, flow = "flow"): Promise<readonly TickRow[]> {
  const ticks = await stage.place.store.triggers.listTicks({ limit: 1_000 });
  return ticks.filter((tick) => tick.flow === flow).reverse();
}

export async function outcomesOf(stage: Stage, flow = "flow"): Promise<readonly string[]> {
  return (await ticksOf(stage, flow)).map(({ key, outcome }) => `${key} ${outcome}`);
}

/** Parameters of a flow's runs, the oldest first. */
export async function paramsOfRuns(stage: Stage, flow = "flow"): Promise<readonly unknown[]> {
  const runs = await stage.place.store.history.listRuns({ flow, limit: 1_000 });
  return [...runs].reverse().map(({ params }) => JSON.parse(params as EncodedText) as unknown);
}

export const BATCH = { kind: "batch", max: 3, withinMs: 60_000 } as const;
