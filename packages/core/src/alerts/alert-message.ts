import { type AlertKind, type AlertSubject, alertLine } from "./alert.ts";
import type { AlertGroup } from "./alert-group.ts";

/** What a channel says, whatever its form. It stays as it is through all tries to say it. */
export interface AlertMessage {
  readonly rule: string;
  /** `test`: somebody wants to see whether it arrives. */
  readonly kind: AlertKind | "test";
  /** When the first of it happened. */
  readonly atMs: number;
  readonly title: string;
  /** How many alerts it stands for. */
  readonly count: number;
  /** The first of them, each in one line. */
  readonly lines: readonly AlertMessageLine[];
  /** Where all of it is shown; null without a `publicUrl`. */
  readonly url: string | null;
}

export interface AlertMessageLine {
  readonly flow: string;
  readonly text: string;
  readonly atMs: number;
  readonly about: AlertSubject;
  readonly url: string | null;
}

const WORDS: Readonly<Record<AlertKind, readonly [one: string, many: string]>> = {
  "run.failed": ["run failed", "runs failed"],
  "run.recovered": ["flow recovered", "flows recovered"],
  "run.late": ["run is late", "runs are late"],
  "run.stuck": ["run is stuck", "runs are stuck"],
  "backfill.done": ["backfill has ended", "backfills have ended"],
  "schedule.paused": ["schedule was paused", "schedules were paused"],
  "sensor.failing": ["sensor keeps failing", "sensors keep failing"],
};

/** Whether somebody should look; else it is good news, or none. */
export function isTrouble(kind: AlertMessage["kind"]): boolean {
  return kind !== "run.recovered" && kind !== "backfill.done" && kind !== "test";
}

/** The message of a group. @param publicUrl where people reach the server, without a slash at its end. */
export function messageOf(group: AlertGroup, publicUrl: string | null): AlertMessage {
  const { rule, kind, openedAtMs, count, first } = group;
  const lines = first.map(({ flow, text, atMs, about }) => ({
    flow,
    text,
    atMs,
    about,
    url: publicUrl === null ? null : publicUrl + pathOf(flow, about),
  }));
  const [only] = lines;
  return {
    rule,
    kind,
    atMs: only?.atMs ?? openedAtMs,
    title: titleOf(group),
    count,
    lines,
    url: publicUrl === null ? null : ((count === 1 ? only?.url : undefined) ?? `${publicUrl}/`),
  };
}

/** What is sent to see whether it arrives. */
export function testMessage(
  rule: string,
  { nowMs, publicUrl }: { nowMs: number; publicUrl: string | null },
): AlertMessage {
  return {
    rule,
    kind: "test",
    atMs: nowMs,
    title: `Test of the alert rule ${rule}: nothing has happened`,
    count: 0,
    lines: [],
    url: publicUrl === null ? null : `${publicUrl}/`,
  };
}

function titleOf({ kind, count, flows, first }: AlertGroup): string {
  const [only] = first;
  if (count === 1 && only !== undefined) return alertLine(only);
  const [one, many] = WORDS[kind];
  const what = `${count} ${count === 1 ? one : many}`;
  const [flow] = flows;
  return flows.length === 1 ? `${what}: ${flow}` : `${what} in ${flows.length} flows`;
}

function pathOf(flow: string, about: AlertSubject): string {
  switch (about.kind) {
    case "run":
      return `/runs/${about.id}`;
    case "backfill":
    case "trigger":
      return `/flows/${encodeURIComponent(flow)}`;
  }
}

/** How many alerts the lines leave out, in words; empty for none. */
export function leftOutText({ count, lines }: AlertMessage): string {
  const left = count - lines.length;
  return left > 0 ? `and ${left} more` : "";
}
