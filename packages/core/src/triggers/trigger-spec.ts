import type { SourcePlace } from "../spec/source-place.ts";
import type { FinalRunState } from "../states/run.ts";

/** A source of events that makes runs of a flow, as plain data. Its functions stay in the bundle. */
export type TriggerSpec = WebhookSpec | SensorSpec | FlowFinishedSpec;

interface TriggerBase {
  /** Unique among the triggers and schedules of its flow. Defaults to the kind, else `webhook-2`, … */
  readonly name: string;
  /** Null: each event makes its run at once. */
  readonly gather: GatherPolicy | null;
  /** The author gave a function from events to parameters; asked through `Definitions.eventParams`. */
  readonly maps: boolean;
  readonly place: SourcePlace | null;
}

/** `POST /hooks/<flow>`, or `/hooks/<flow>/<name>` where a flow has several. */
export interface WebhookSpec extends TriggerBase {
  readonly kind: "webhook";
  /**
   * The environment variable that holds the secret with which senders sign (Standard Webhooks). Null: unsigned requests
   * are taken, which `check` warns about.
   */
  readonly secretVariable: string | null;
  /** How far a request's timestamp may be from now, in milliseconds. */
  readonly toleranceMs: number;
  readonly maxBodyBytes: number;
}

/** A function that is polled. `file` is what a sensor is called that looks for files. */
export interface SensorSpec extends TriggerBase {
  readonly kind: "sensor" | "file";
  readonly everyMs: number;
  /** One poll may take this long. */
  readonly timeoutMs: number;
}

/** Another flow's run has ended. */
export interface FlowFinishedSpec extends TriggerBase {
  readonly kind: "flow_finished";
  readonly flow: string;
  readonly states: readonly FinalRunState[];
}

/** How events become fewer runs. What waits is kept in the store. */
export type GatherPolicy =
  /** One run with the last event, once no other came for so long, or `maxMs` after the first. */
  | { readonly kind: "debounce"; readonly quietMs: number; readonly maxMs: number | null }
  /** One run for several events: when there are `max`, or `withinMs` after the first. */
  | { readonly kind: "batch"; readonly max: number; readonly withinMs: number }
  /** At most so many runs within a time; further events are skipped, with the reason. */
  | { readonly kind: "throttle"; readonly limit: number; readonly perMs: number };
