import {
  checkTimeZone,
  didYouMean,
  isMillraceError,
  MillraceError,
  parseCron,
  type ScheduleSpec,
} from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { openBuild } from "../following/open-build.ts";
import { findFlow } from "../following/open-runtime.ts";

/** A schedule that the command line asks about. */
export interface AskedSchedule {
  /** Null: it was written on the command line. */
  readonly flow: string | null;
  readonly spec: ScheduleSpec;
}

const DEFAULT_COUNT = 5;
const MOST_TICKS = 10_000;

/** The expression of `--cron`, or the schedules of the flow that is named. */
export async function askedSchedules(call: CommandCall): Promise<readonly AskedSchedule[]> {
  const [what = "", flow, name] = call.arguments;
  const expression = call.options.text("cron");
  const timeZone = call.options.text("time-zone");
  if (expression !== undefined) {
    if (flow !== undefined) throw usage(`schedule ${what}: --cron stands for itself, and a flow is named too.`);
    return [{ flow: null, spec: cronSchedule(expression, timeZone ?? "UTC") }];
  }
  if (flow === undefined) throw usage(`schedule ${what}: name a flow, or give --cron.`);
  if (timeZone !== undefined) throw usage("--time-zone belongs to --cron: a flow's schedule has its own.");
  const { spec } = findFlow(await openBuild(call), flow, call);
  const names = spec.schedules.map((each) => each.name);
  if (name !== undefined && !names.includes(name)) {
    const hint = didYouMean(name, names, `schedules of ${flow}`);
    throw new MillraceError("UNKNOWN_TRIGGER", `The flow ${flow} has no schedule "${name}".`, { hint });
  }
  const asked = spec.schedules.filter((each) => name === undefined || each.name === name);
  if (asked.length > 0) return asked.map((each) => ({ flow, spec: each }));
  const hint = 'It gets one by the option `schedule`: flow("name", { schedule: cron("0 6 * * *") }, …).';
  throw new MillraceError("UNKNOWN_TRIGGER", `The flow ${flow} has no schedule.`, { hint });
}

/** An expression as if it were a flow's schedule. */
function cronSchedule(expression: string, timeZone: string): ScheduleSpec {
  checkWritten(expression, timeZone);
  return {
    name: "cron",
    timing: { kind: "cron", expression },
    timeZone,
    calendar: null,
    params: null,
    catchup: { kind: "newest" },
    catchupOrder: "oldest",
    startMs: null,
    endMs: null,
    place: null,
  };
}

/** What stands on the command line is refused as such, and without the name of a schedule that nobody wrote. */
function checkWritten(expression: string, timeZone: string): void {
  try {
    parseCron(expression);
    checkTimeZone(timeZone);
  } catch (thrown) {
    if (!isMillraceError(thrown)) throw thrown;
    throw new MillraceError("USAGE", thrown.message, thrown.hint === null ? {} : { hint: thrown.hint });
  }
}

export function readFrom({ options }: CommandCall): number {
  const text = options.text("from");
  return text === undefined ? Date.now() : parseInstant(text, "--from");
}

/** @param what for messages: `--from`. */
export function parseInstant(text: unknown, what: string): number {
  const isInstant =
    typeof text === "string" && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new MillraceError("USAGE", `${what} is no instant: ${JSON.stringify(text) ?? "missing"}.`, {
    hint: "Write it like 2026-01-31T06:00:00Z, with Z or an offset; a day alone begins in UTC.",
  });
}

export function readTickCount({ options }: CommandCall): number {
  const text = options.text("count");
  return text === undefined ? DEFAULT_COUNT : checkCount(/^\d+$/.test(text) ? Number(text) : text, "--count");
}

/** @param what for messages: `--count`. */
export function checkCount(count: unknown, what: string): number {
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 1 && count <= MOST_TICKS) return count;
  throw new MillraceError("USAGE", `${what} cannot be ${JSON.stringify(count)}.`, {
    hint: `It is a whole number from 1 to ${MOST_TICKS}.`,
  });
}

function usage(message: string): MillraceError {
  return new MillraceError("USAGE", message, { hint: "See `millrace schedule --help`." });
}
