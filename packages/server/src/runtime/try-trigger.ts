import {
  type Definitions,
  type EncodedText,
  encode,
  plainEventParams,
  type Sensors,
  type Store,
  type TriggerSpec,
  type VersionId,
} from "@millrace/core";

interface TryParts {
  readonly definitions: Pick<Definitions, "eventParams" | "parseParams">;
  readonly sensors: Sensors;
  readonly store: Pick<Store, "triggers">;
}

/** A trigger, and what it is given: a payload, where it is not one that is polled. */
export interface TriggerTry {
  readonly version: VersionId;
  readonly flow: string;
  readonly spec: TriggerSpec;
  readonly payload: unknown;
}

/** An event, and the run that it would make. */
interface TriedEvent {
  /** What makes it unique; null where that is up to whoever sends it. */
  readonly key: string | null;
  readonly payload: EncodedText;
  /** Null where it would make none. */
  readonly params: EncodedText | null;
  readonly problem: string | null;
  /** Whether it has come before. */
  readonly isKnown: boolean;
}

export interface TriedTrigger {
  readonly outcome: "events" | "nothing" | "failed";
  readonly message: string | null;
  readonly log: string | null;
  readonly cursor: EncodedText | null;
  readonly events: readonly TriedEvent[];
}

/**
 * Does what a trigger does up to where it would make runs, and leaves it at that: the author's functions run, and what they
 * do elsewhere they do. A cursor is not kept, so that the next poll finds the same.
 */
export async function tryTrigger(parts: TryParts, tried: TriggerTry): Promise<TriedTrigger> {
  const { spec } = tried;
  if (spec.kind === "sensor" || spec.kind === "file") return await pollOnce(parts, { ...tried, spec });
  // A webhook's event has more to it than a body.
  const payload = encode(spec.kind === "webhook" ? { body: tried.payload, headers: {} } : tried.payload, "payload");
  return { ...NOTHING, outcome: "events", events: [await becomes(parts, tried, { key: null, payload })] };
}

const NOTHING = { message: null, log: null, cursor: null, events: [] } as const;

async function pollOnce(
  parts: TryParts,
  { version, flow, spec, payload }: TriggerTry & { readonly spec: { readonly kind: "sensor" | "file" } },
): Promise<TriedTrigger> {
  const rows = await parts.store.triggers.list();
  const row = rows.find((each) => each.flow === flow && each.name === spec.name && !each.retired);
  const poll = await parts.sensors.poll({
    version,
    flow,
    trigger: spec.name,
    cursor: row?.sensorCursor ?? null,
    lastPollMs: row?.cursorMs ?? null,
    timeoutMs: spec.timeoutMs,
  });
  const { log } = poll;
  if (poll.kind === "failed") return { ...NOTHING, outcome: "failed", message: poll.message, log };
  const tried = { version, flow, spec, payload };
  const events: TriedEvent[] = [];
  for (const { runKey, payload: given } of poll.events) {
    events.push(await becomes(parts, tried, { key: runKey, payload: given }));
  }
  const outcome = events.length === 0 ? "nothing" : "events";
  return { outcome, message: poll.skipReason, log, cursor: poll.cursor, events };
}

async function becomes(
  { definitions, store }: TryParts,
  { version, flow, spec }: TriggerTry,
  event: Pick<TriedEvent, "key" | "payload">,
): Promise<TriedEvent> {
  const before = event.key === null ? undefined : await store.triggers.findTick(flow, spec.name, event.key);
  const isKnown = before !== undefined && before.outcome !== "failed";
  const payloads = [event.payload];
  try {
    const given = spec.maps
      ? await definitions.eventParams({ version, flow, trigger: spec.name, payloads })
      : plainEventParams(spec, payloads);
    const { params } = await definitions.parseParams(version, flow, given);
    return { ...event, params, problem: null, isKnown };
  } catch (error) {
    return { ...event, params: null, problem: error instanceof Error ? error.message : String(error), isKnown };
  }
}
