import type { EncodedText } from "../value/encoded.ts";
import type { TriggerCall } from "./definitions.ts";

/** Polls sensors: users' functions, which run in a process of their own, never in the control plane. */
export interface Sensors {
  /** Polls once. Never rejects: whatever goes wrong is the poll's outcome. */
  poll(call: SensorCall): Promise<SensorPoll>;
}

export interface SensorCall extends TriggerCall {
  /** What the last good poll handed over; null at the first. */
  readonly cursor: EncodedText | null;
  /** When the last good poll began, in milliseconds since the epoch; null at the first. */
  readonly lastPollMs: number | null;
  readonly timeoutMs: number;
}

export type SensorPoll =
  | {
      readonly kind: "polled";
      /** What happened, each with what makes it unique within the sensor. */
      readonly events: readonly SensorEvent[];
      /** Why there is nothing, as the function said. */
      readonly skipReason: string | null;
      readonly cursor: EncodedText | null;
      readonly log: string | null;
    }
  /** It threw, hung, ended its process, or gave something that is no outcome of a poll. */
  | { readonly kind: "failed"; readonly message: string; readonly log: string | null };

export interface SensorEvent {
  readonly runKey: string;
  readonly payload: EncodedText;
}
