import type { Window } from "../attempt/order.ts";
import type { RunClass } from "../states/run.ts";
import { decode, encode } from "../value/codec.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { TriggerSpec } from "./trigger-spec.ts";

/** What the payload of a webhook's event is. */
export interface WebhookPayload {
  readonly body: unknown;
  /** By names in lower case; without those that carry credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the payload of a flow-finished event is. */
export interface FlowFinishedPayload {
  readonly run: string;
  readonly flow: string;
  readonly state: "success" | "failed" | "cancelled";
  readonly class: RunClass;
  readonly params: unknown;
  readonly window: Window;
}

/**
 * The parameters of the run that events make where the trigger's author gave no function for it: what a sensor handed
 * over, or the body of a webhook; of a batch all of them, as `{ events }`. Other events give none.
 *
 * @param payloads the oldest first, at least one.
 */
export function plainEventParams(spec: TriggerSpec, payloads: readonly EncodedText[]): EncodedText {
  if (spec.kind === "file" || spec.kind === "flow_finished") return encode({});
  const values = payloads.map((payload) => {
    const value = decode(payload);
    return spec.kind === "webhook" ? (value as WebhookPayload).body : value;
  });
  if (spec.gather?.kind === "batch") return encode({ events: values });
  return encode(values.at(-1) ?? {});
}
