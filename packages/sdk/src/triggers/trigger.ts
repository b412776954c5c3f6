import type { Issue, TriggerSpec } from "@millrace/core";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { validate } from "../schema/validate.ts";
import type { CallSite } from "../source/call-site.ts";
import type { SensorContext, SensorResult } from "./sensor-context.ts";

const TRIGGER = Symbol.for("millrace.trigger");
declare const gives: unique symbol;

/** A source of events, for the option `triggers` of a flow. `Given` is what it gives the flow as its parameters. */
export interface Trigger<Given = unknown> {
  readonly [TRIGGER]: TriggerDraft;
  readonly [gives]?: Given;
}

type SpecDraft<Spec = TriggerSpec> = Spec extends TriggerSpec ? Omit<Spec, "name" | "place" | "maps"> : never;

/** A trigger before its flow has given it a name. */
export interface TriggerDraft {
  /** As its author named it, or null. */
  readonly name: string | null;
  readonly spec: SpecDraft;
  readonly site: CallSite;
  /** Checks one payload as it came and gives the event that the author's function sees. */
  readonly event: (payload: unknown) => Promise<CheckedEvent>;
  /** From events to parameters, where the author gave it. */
  readonly params: ((last: never, all: never) => unknown) | null;
  /** What is taken of each event where the author gave no function; null: nothing. */
  readonly plain: ((event: never) => unknown) | null;
  /** Whether a payload has to be looked at by the author's code or schema at all. */
  readonly checks: boolean;
  readonly poll: ((context: SensorContext<unknown>) => SensorResult | Promise<SensorResult>) | null;
}

export type CheckedEvent =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** The functions of one trigger, as whoever loads a bundle sees them. */
export interface TriggerHandlers {
  /** Parameters, before the flow's schema, of the run that events make. @param payloads the oldest first. */
  eventParams(payloads: readonly unknown[]): Promise<CheckedEvent>;
  /** Of a sensor: looks once. */
  readonly poll?: (context: SensorContext<unknown>) => SensorResult | Promise<SensorResult>;
}

export function makeTrigger<Given>(draft: TriggerDraft): Trigger<Given> {
  return Object.freeze({ [TRIGGER]: draft });
}

/** What a trigger was made of, by any copy of this package; undefined for any other value. */
export function triggerDraftOf(value: unknown): TriggerDraft | undefined {
  if (typeof value !== "object" || value === null || !(TRIGGER in value)) return undefined;
  return (value as Trigger)[TRIGGER];
}

/** An event as it is, for sources whose payloads are ours. */
export async function anyEvent(payload: unknown): Promise<CheckedEvent> {
  return { ok: true, value: payload };
}

/** Checks the part of an event that comes from outside. */
export async function checkPart(
  schema: StandardSchema,
  part: { readonly name: string; readonly value: unknown },
  complete: (value: unknown) => unknown,
): Promise<CheckedEvent> {
  const checked = await validate(schema, part.value);
  if (checked.ok) return { ok: true, value: complete(checked.value) };
  return { ok: false, issues: checked.issues.map((issue) => ({ ...issue, path: [part.name, ...issue.path] })) };
}

export function handlersOfTrigger(draft: TriggerDraft): TriggerHandlers {
  const { poll } = draft;
  return {
    eventParams: (payloads) => paramsOf(draft, payloads),
    ...(poll === null ? {} : { poll }),
  };
}

async function paramsOf(draft: TriggerDraft, payloads: readonly unknown[]): Promise<CheckedEvent> {
  const events: unknown[] = [];
  for (const payload of payloads) {
    const event = await draft.event(payload);
    if (!event.ok) return event;
    events.push(event.value);
  }
  if (draft.params !== null) {
    const value = await draft.params(events.at(-1) as never, events as never);
    return { ok: true, value: value ?? {} };
  }
  const { plain } = draft;
  if (plain === null) return { ok: true, value: {} };
  const values = events.map((event) => plain(event as never));
  return { ok: true, value: draft.spec.gather?.kind === "batch" ? { events: values } : (values.at(-1) ?? {}) };
}
