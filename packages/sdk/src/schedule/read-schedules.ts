import { checkTaskName, MillraceError, type ScheduleSpec } from "@millrace/core";
import { formatPlace } from "../source/call-site.ts";
import { refusal, withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import { type NextFunction, type ScheduleDraft, type ScheduleHandlers, scheduleDraftOf } from "./schedule.ts";

/** The schedules of a flow, named. */
export interface FlowSchedules {
  readonly specs: readonly ScheduleSpec[];
  /** Of custom ones, by their names. */
  readonly handlers: Readonly<Record<string, ScheduleHandlers>>;
}

export const NO_SCHEDULES: FlowSchedules = { specs: [], handlers: {} };

/** What else the flow says, which not every schedule goes together with. */
interface ScheduledFlow {
  readonly name: string;
  readonly dependsOnPast: boolean;
}

/** Reads the option `schedule`. */
export function readSchedules(given: unknown, flow: ScheduledFlow): FlowSchedules {
  const drafts = [given].flat().map((one) => {
    const draft = scheduleDraftOf(one);
    if (draft !== undefined) return draft;
    const wanted = "what cron, every, rrule, once, continuous or customSchedule gave, or a list of it";
    throw invalid(`option "schedule" of flow "${flow.name}"`, wanted, one);
  });
  const names = new Map<string, ScheduleDraft>();
  const specs: ScheduleSpec[] = [];
  const handlers: Record<string, ScheduleHandlers> = {};
  for (const [index, draft] of drafts.entries()) {
    const name = nameOf(draft, index);
    refuseTwice(draft, names.get(name), { name, flow: flow.name });
    names.set(name, draft);
    refuseNewestFirst(draft, name, flow);
    specs.push(specOf(draft, name));
    if (draft.next !== null) handlers[name] = handlersOf(draft.next, `schedule "${name}" of flow "${flow.name}"`);
  }
  return { specs, handlers };
}

/** By its place, so that a second schedule does not rename the first. */
function nameOf({ name, site }: ScheduleDraft, index: number): string {
  if (name !== null) return withPlace(site, () => checkTaskName(name, "schedule"));
  return index === 0 ? "default" : `schedule-${index + 1}`;
}

function refuseTwice(
  { site }: ScheduleDraft,
  first: ScheduleDraft | undefined,
  { name, flow }: { readonly name: string; readonly flow: string },
): void {
  if (first === undefined) return;
  const { place } = first.site;
  const where = place === null ? "" : `; the first is at ${formatPlace(place)}`;
  const message = `flow "${flow}" has two schedules called "${name}"${where}`;
  throw refusal({ code: "INVALID_OPTION", message, hint: "Give one of them another name." }, site);
}

function refuseNewestFirst({ catchupOrder, site }: ScheduleDraft, name: string, flow: ScheduledFlow): void {
  if (!flow.dependsOnPast || catchupOrder === "oldest") return;
  const message = `schedule "${name}" of flow "${flow.name}" makes up for the newest ticks first, and the flow has dependsOnPast`;
  const hint = "A run cannot wait for one that comes later: leave out `catchupOrder`, or `dependsOnPast`.";
  throw refusal({ code: "INVALID_OPTION", message, hint }, site);
}

function specOf(draft: ScheduleDraft, name: string): ScheduleSpec {
  const { timing, timeZone, params, catchup, catchupOrder, startMs, endMs, calendar, site } = draft;
  return Object.freeze({
    name,
    timing,
    timeZone,
    get calendar() {
      return calendar?.() ?? null;
    },
    params,
    catchup,
    catchupOrder,
    startMs,
    endMs,
    get place() {
      return site.place;
    },
  });
}

function handlersOf(next: NextFunction, what: string): ScheduleHandlers {
  return {
    async nextTick(afterMs) {
      const given = await next(new Date(afterMs));
      if (given === undefined || given === null) return null;
      const ms = given instanceof Date ? given.getTime() : given.epochMilliseconds;
      if (typeof ms === "number" && Number.isSafeInteger(ms)) return ms;
      throw new MillraceError("INVALID_OPTION", `The function of ${what} gave ${shown(given)}.`, {
        hint: "It gives a Date, or nothing when there is no further tick.",
      });
    },
  };
}

function shown(value: object): string {
  return value instanceof Date ? "a Date that is none" : (JSON.stringify(value) ?? typeof value);
}
