import type { Alert, AlertRule, WatchedRun } from "@millrace/core";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function rule(changed: Partial<AlertRule> = {}): AlertRule {
  return {
    name: "on-call",
    on: ["run.failed"],
    flows: ["*"],
    owners: null,
    tags: null,
    quietMs: 10_000,
    withinMs: 60_000,
    repeatMs: 0,
    channels: [],
    ...changed,
  };
}

export function alert(changed: Partial<Alert> = {}): Alert {
  return {
    kind: "run.failed",
    atMs: 1_000,
    flow: "orders",
    owner: null,
    tags: [],
    about: { kind: "run", id: "R1" },
    text: "failed",
    ...changed,
  };
}

export function watched(changed: Partial<WatchedRun> = {}): WatchedRun {
  return {
    id: "R1",
    flow: { flow: "orders", owner: "ada", tags: ["shop"] },
    state: "running",
    ofBackfill: false,
    dueAtMs: 0,
    createdAtMs: 0,
    startedAtMs: 0,
    endedAtMs: null,
    ...changed,
  };
}
