import { formatByteSize, formatDuration, type RetentionPolicy, type RetentionRule } from "@millrace/core";
import type { DatabaseStatus } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant } from "../output/time-text.ts";
import { leaderRecord, leaderText } from "../server-view/server-text.ts";
import { countsText, totalOf } from "./prune-text.ts";

/** `millrace db status` for people. */
export function statusText({ address, missingMigrations, now }: DatabaseStatus, style: Style): string[] {
  if (now === null) {
    const missing = countText(missingMigrations.length, "migration");
    return [`${style.bold(address)}: ${missing} missing`, "`millrace db migrate` brings it up to date."];
  }
  const { store, leader, unfinishedRuns, retention, prunable } = now;
  const newest = store.migrations.at(-1);
  const free = store.freeBytes === 0 ? "" : `, ${formatByteSize(store.freeBytes)} of it free`;
  const log = store.logBytes === null ? "" : `, ${formatByteSize(store.logBytes)} in the write-ahead log`;
  const facts: readonly (readonly [string, string])[] = [
    ["database", address],
    ["engine", store.engine],
    ["schema", newest === undefined ? "none" : `${newest.name}, since ${localInstant(newest.appliedAtMs)}`],
    ["size", `${formatByteSize(store.bytes)}${free}${log}`],
    ["leader", leaderText(leader)],
    ["oldest run", store.oldestRunAtMs === null ? "none" : localInstant(store.oldestRunAtMs)],
    ["unfinished", countText(unfinishedRuns, "run")],
    ...(store.vacuumedAtMs === null ? [] : [["vacuumed", localInstant(store.vacuumedAtMs)] as const]),
    ["retention", retentionText(retention)],
    ["to remove", prunable.size === 0 ? "nothing" : countsText(totalOf(prunable))],
    ...(store.forgottenRuns === 0
      ? []
      : [["clearing", `what ${countText(store.forgottenRuns, "removed run")} left behind`] as const]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const columns = [{ title: "TABLE" }, { title: "ROWS", align: "right" }, { title: "SIZE", align: "right" }] as const;
  const tables = [...store.tables].sort((one, other) => other.bytes - one.bytes);
  const rows = tables.map(({ name, rows: count, bytes }) => [name, count.toLocaleString("en"), formatByteSize(bytes)]);
  return [
    ...facts.map(([name, text]) => `${style.dim(name.padEnd(width))}  ${text}`),
    "",
    ...tableText(columns, rows, style.dim),
  ];
}

function retentionText(policy: RetentionPolicy): string {
  const flows = Object.entries(policy.flows).map(([flow, rule]) => `${flow}: ${ruleText(rule)}`);
  return [ruleText(policy), ...flows].join("; ");
}

function ruleText({ maxAgeMs, maxRuns, keepFailedMs }: Partial<RetentionRule>): string {
  const limits = [
    ...(typeof maxAgeMs === "number" ? [`${formatDuration(maxAgeMs)}`] : []),
    ...(typeof maxRuns === "number" ? [`${countText(maxRuns, "run")} a flow`] : []),
    ...(typeof keepFailedMs === "number" ? [`failures at least ${formatDuration(keepFailedMs)}`] : []),
  ];
  return limits.length === 0 ? "everything is kept" : limits.join(", ");
}

/** The same for programs. */
export function statusRecord({ address, missingMigrations, now }: DatabaseStatus): Readonly<Record<string, unknown>> {
  if (now === null) return { address, missingMigrations };
  const { store, leader, unfinishedRuns, retention, prunable } = now;
  return {
    address,
    missingMigrations,
    engine: store.engine,
    migrations: store.migrations.map(({ name, appliedAtMs }) => ({ name, appliedAt: isoInstant(appliedAtMs) })),
    bytes: store.bytes,
    freeBytes: store.freeBytes,
    logBytes: store.logBytes,
    tables: store.tables,
    leader: leaderRecord(leader),
    oldestRunAt: store.oldestRunAtMs === null ? null : isoInstant(store.oldestRunAtMs),
    unfinishedRuns,
    forgottenRuns: store.forgottenRuns,
    vacuumedAt: store.vacuumedAtMs === null ? null : isoInstant(store.vacuumedAtMs),
    retention,
    prunable: Object.fromEntries(prunable),
  };
}
