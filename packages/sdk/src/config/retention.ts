import {
  type Duration,
  KEEP_EVERYTHING,
  parseDuration,
  type RetentionPolicy,
  type RetentionRule,
} from "@millrace/core";
import { invalid, readCount, unknownOption } from "../task/read-option.ts";

/** How long runs are kept. A length of time is text such as `"90d"`; null takes a limit away. */
export interface RunRetention {
  /**
   * Runs that ended longer ago are removed, with their task runs, outputs, logs and events. Lower it when the database
   * grows too large. Defaults to no limit.
   */
  readonly maxAge?: Duration | null;
  /** Of each flow so many runs stay, the newest; older ones are removed. Defaults to no limit. */
  readonly maxRuns?: number | null;
  /**
   * Runs that failed or were cancelled stay at least so long, whatever `maxAge` and `maxRuns` say. Defaults to treating
   * them like all others.
   */
  readonly keepFailed?: Duration | null;
}

/** What is kept of the past, and for how long. */
export interface RetentionOptions extends RunRetention {
  /** By the name of a flow: what is different there. Defaults to nothing. */
  readonly flows?: Readonly<Record<string, RunRetention>>;
  /** Cached results that are older are removed, even where `expires` of a task is longer. Defaults to `maxAge`. */
  readonly cache?: Duration | null;
  /**
   * What tasks reported about assets (materializations, checks) longer ago is removed. Such facts outlive the runs they
   * are from. Defaults to no limit.
   */
  readonly reports?: Duration | null;
}

/** Reads the option `retention` of the config. */
export function readRetention(retention: unknown): RetentionPolicy {
  const { flows, cache, reports, ...own } = readFields(retention, "retention", ["flows", "cache", "reports"]);
  const rule = readRule(own, "retention");
  const cacheMs = cache === undefined ? (rule.maxAgeMs ?? null) : readLength(cache, "retention.cache");
  return Object.freeze({
    ...KEEP_EVERYTHING,
    ...rule,
    flows: flows === undefined ? {} : readFlows(flows),
    cacheMs,
    reportsMs: reports === undefined ? null : readLength(reports, "retention.reports"),
  });
}

function readFlows(flows: unknown): RetentionPolicy["flows"] {
  const read: Record<string, Partial<RetentionRule>> = {};
  for (const [flow, rule] of Object.entries(readObject(flows, "retention.flows"))) {
    const where = `retention.flows["${flow}"]`;
    read[flow] = readRule(readFields(rule, where, []), where);
  }
  return Object.freeze(read);
}

const RULE_OPTIONS = ["maxAge", "maxRuns", "keepFailed"];

function readRule({ maxAge, maxRuns, keepFailed }: Readonly<Record<string, unknown>>, where: string) {
  return {
    ...(maxAge === undefined ? {} : { maxAgeMs: readLength(maxAge, `${where}.maxAge`) }),
    ...(maxRuns === undefined ? {} : { maxRuns: maxRuns === null ? null : readRuns(maxRuns, `${where}.maxRuns`) }),
    ...(keepFailed === undefined ? {} : { keepFailedMs: readLength(keepFailed, `${where}.keepFailed`) }),
  };
}

function readRuns(value: unknown, where: string): number {
  readCount(value, named(where));
  return value as number;
}

function readLength(value: unknown, where: string): number | null {
  return value === null ? null : parseDuration(value as Duration, named(where));
}

function readFields(value: unknown, where: string, more: readonly string[]): Readonly<Record<string, unknown>> {
  const fields = readObject(value, where);
  const known = [...RULE_OPTIONS, ...more];
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd !== undefined) throw unknownOption(odd, `"${where}" of the config`, known);
  return fields;
}

function readObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(named(where), 'an object such as { maxAge: "90d" }', value);
}

function named(where: string): string {
  return `option "${where}" of the config`;
}
