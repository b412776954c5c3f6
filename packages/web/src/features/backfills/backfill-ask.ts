import type { RouteInput } from "@millrace/contract";
import { instantIn } from "../schedules/local-instant.ts";
import { dayIn, type Extent, outsideText } from "./extent.ts";

type Ask = NonNullable<RouteInput<"createBackfill">["body"]>;

/** What the form holds, as it was typed. */
export interface Draft {
  /** `days`: windows that start on days, which a flow has whose windows are times. */
  readonly kind: "days" | "range" | "keys";
  readonly from: string;
  readonly to: string;
  /** Keys, each in a line of its own or with commas between them. */
  readonly keys: string;
  readonly schedule: string;
  readonly reprocess: NonNullable<Ask["reprocess"]>;
  readonly order: NonNullable<Ask["order"]>;
  readonly maxActive: string;
  readonly runPer: "partition" | "count" | "range";
  readonly count: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const EMPTY_DRAFT: Draft = {
  kind: "days",
  from: "",
  to: "",
  keys: "",
  schedule: "",
  reprocess: "none",
  order: "oldest",
  maxActive: "",
  runPer: "partition",
  count: "7",
  params: {},
};

/** What the draft is about. */
export interface Subject {
  readonly flow: string;
  readonly partitioned: boolean;
  /** The time zone of its partitions, where they are times; null where they are not. */
  readonly partitionZone: string | null;
  readonly schedules: readonly { readonly name: string; readonly text: string }[];
  /** On the clock of its partitions, or of its schedule. */
  readonly today: string;
  /** Between which days its partitions are, where they are times and there are any. */
  readonly extent: Extent | null;
}

/** What the server is asked; undefined while the form does not say enough. */
export function askOf(subject: Subject, draft: Draft): Ask | undefined {
  const selection = selectionOf(subject, draft);
  const { reprocess, order, params } = draft;
  const maxActiveRuns = wholeOf(draft.maxActive);
  const count = wholeOf(draft.count);
  if (selection === undefined || (draft.runPer === "count" && count === undefined)) return undefined;
  return {
    flow: subject.flow,
    selection,
    reprocess,
    order,
    runPer: draft.runPer === "count" ? { kind: "count", count: count ?? 1 } : { kind: draft.runPer },
    params: { ...params },
    ...(maxActiveRuns === undefined ? {} : { maxActiveRuns }),
    ...(subject.partitioned ? {} : { schedule: scheduleOf(subject, draft)?.name ?? null }),
  };
}

function selectionOf(subject: Subject, draft: Draft): Ask["selection"] | undefined {
  const keys = keysOf(draft);
  const kind = kindOf(subject, draft);
  if (kind === "keys") return keys.length === 0 ? undefined : { kind: "keys", keys };
  const [from, to] = [draft.from.trim(), draft.to.trim()];
  if (from === "" || to === "") return undefined;
  if (kind === "range") return { kind: "keys_between", from, to };
  const zone = zoneIn(subject, draft);
  if (unaskedText(subject, draft) !== undefined) return undefined;
  // Both days belong to the range.
  return { kind: "range", from: startOfDay(from, zone), to: startOfDay(dayAfter(to), zone) };
}

/** Why what the form says cannot be asked for: the server is not asked what the page knows. */
export function unaskedText(subject: Subject, draft: Draft): string | undefined {
  const { from, to } = draft;
  if (kindOf(subject, draft) !== "days" || from === "" || to === "") return undefined;
  if (from > to) return "The first day comes after the last: swap them.";
  // Where it is later already than here, today is tomorrow.
  const isToCome = !subject.partitioned && from > dayIn(Date.now() + 86_400_000, zoneIn(subject, draft));
  return isToCome ? "Windows of these days are still to come." : outsideText(subject.extent, draft);
}

/** How windows are told: keys that are no times have no days, and windows of schedules have no keys. */
export function kindOf({ partitioned, partitionZone }: Subject, { kind }: Pick<Draft, "kind">): Draft["kind"] {
  if (!partitioned) return "days";
  return partitionZone === null && kind === "days" ? "range" : kind;
}

/** On whose clock days begin. */
export function zoneIn(subject: Subject, draft: Draft): string {
  return subject.partitionZone ?? zoneOf(scheduleOf(subject, draft)?.text ?? "");
}

/** The zone of partitions that are times, or have a dimension that is. */
export function zoneOfPartitions(spec: unknown): string | null {
  const { kind, timeZone, dimensions } = (spec ?? {}) as {
    readonly kind?: string;
    readonly timeZone?: string;
    readonly dimensions?: readonly { readonly partitions: unknown }[];
  };
  if (kind === "time") return timeZone ?? "UTC";
  const zones = (dimensions ?? []).map(({ partitions }) => zoneOfPartitions(partitions));
  return zones.find((zone) => zone !== null) ?? null;
}

export function keysOf({ keys }: Pick<Draft, "keys">): string[] {
  return keys
    .split(/[\n,]/)
    .map((key) => key.trim())
    .filter((key) => key !== "");
}

export function scheduleOf({ schedules }: Subject, { schedule }: Draft): Subject["schedules"][number] | undefined {
  return schedules.find(({ name }) => name === schedule) ?? schedules[0];
}

/** The time zone of a schedule, which its text ends with. UTC where it names none. */
export function zoneOf(text: string): string {
  const zone = text.split(", ").at(-1) ?? "";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The instant at which a day begins on the clock of a zone. */
function startOfDay(day: string, zone: string): string {
  return instantIn(`${day}T00:00:00`, zone) ?? "";
}

function wholeOf(text: string): number | undefined {
  return /^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text) : undefined;
}

/** The same backfill on the command line. */
export function backfillCommand(subject: Subject, draft: Draft): string {
  const { reprocess, order, maxActive, runPer, count, params } = draft;
  const pairs = Object.entries(params).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const isKeys = kindOf(subject, draft) === "keys";
  const schedule = subject.partitioned || subject.schedules.length < 2 ? undefined : scheduleOf(subject, draft)?.name;
  const options: readonly (readonly [name: string, value: string | undefined])[] = [
    ["schedule", schedule],
    ["keys", isKeys ? keysOf(draft).join(",") : undefined],
    ["from", isKeys ? undefined : draft.from],
    ["to", isKeys ? undefined : draft.to],
    ["reprocess", reprocess === "none" ? undefined : reprocess],
    ["order", order === "oldest" ? undefined : order],
    ["max-active", maxActive],
    ["run-per", runPer === "partition" ? undefined : runPer === "count" ? count : runPer],
    ...pairs.map((pair) => ["param", pair] as const),
  ];
  const words = options.flatMap(([name, value]) => (value ? [`--${name} ${quoted(value)}`] : []));
  return ["millrace backfill", quoted(subject.flow), ...words].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
