import {
  begunAnew,
  type EncodedText,
  MillraceError,
  plainEventParams,
  type RunClass,
  type RunId,
  type TickOutcome,
  type TickRow,
  type TriggerRow,
  type TriggerSpec,
  triggerFingerprint,
} from "@millrace/core";
import type { RunWish } from "../run-wish.ts";
import type { ActiveTrigger, TriggerName } from "../triggers/trigger-book.ts";
import type { World } from "../world.ts";

/** A trigger that is no schedule, as the active version has it. */
export type EventTrigger = ActiveTrigger<TriggerSpec>;

/** Texts that name one event of one trigger hold no line break between the parts. */
export function keyOf({ flow, name }: TriggerName, key = ""): string {
  return `${flow}\n${name}\n${key}`;
}

export function nameOf({ flow, spec }: EventTrigger): TriggerName {
  return { flow: flow.name, name: spec.name };
}

/** What is kept of a trigger; of one that has no row yet, or came back after it was retired, what it begins with. */
export function rowOf(world: World, trigger: EventTrigger): TriggerRow {
  const row = world.triggers.rowOf(nameOf(trigger));
  if (row !== undefined && !row.retired) return row;
  const { flow, spec } = trigger;
  const { name, kind } = spec;
  // The same that it will have once the active version is followed.
  const fingerprint = triggerFingerprint(spec);
  return begunAnew({ flow: flow.name, name, kind, fingerprint, schedule: null }, world.nowMs, row);
}

/** The parameters of the run that events make, before the flow's schema. */
export async function paramsOf(
  world: World,
  { version, flow, spec }: EventTrigger,
  payloads: readonly EncodedText[],
): Promise<EncodedText> {
  if (!spec.maps) return plainEventParams(spec, payloads);
  return await world.ports.definitions.eventParams({ version, flow: flow.name, trigger: spec.name, payloads });
}

export interface WishedEvent {
  readonly key: string;
  readonly params: EncodedText;
  readonly class: RunClass;
}

/** The run that an event wants. The same event wants the same run. */
export function wishFor({ version, flow, spec }: EventTrigger, event: WishedEvent): RunWish {
  return {
    flow: flow.name,
    version,
    params: event.params,
    window: null,
    slice: null,
    scheduledAtMs: null,
    backfill: null,
    trigger: { kind: "event", source: spec.kind, trigger: spec.name, key: event.key },
    class: event.class,
    idempotencyKey: `event:${flow.name}/${spec.name}/${event.key}`,
    selection: null,
  };
}

/** What became of an event or a poll. */
export interface Decided {
  readonly atMs: number;
  readonly key: string;
  readonly outcome: TickOutcome;
  readonly run?: RunId | null;
  readonly reason?: string | null;
  readonly log?: string | null;
}

/** Keeps what became of an event, with this turn. */
export function keepTick(world: World, { flow, name }: TriggerName, decided: Decided): void {
  const tick: TickRow = {
    flow,
    trigger: name,
    run: null,
    reason: null,
    log: null,
    ...decided,
    decidedAtMs: world.batch.atMs,
  };
  world.batch.tick(tick);
}

/** Why something failed, in one sentence for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function pausedReason({ paused }: TriggerRow): string {
  const why = paused?.reason ? `: ${paused.reason}` : "";
  return `the trigger is paused by ${paused?.by ?? "somebody"}${why}`;
}

export function unknownTrigger(flow: string, trigger: string): MillraceError {
  return new MillraceError("UNKNOWN_TRIGGER", `the flow ${flow} has no trigger ${trigger}`, {
    hint: "millrace trigger list shows those there are.",
  });
}
