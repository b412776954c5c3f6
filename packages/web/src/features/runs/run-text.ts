import type { Run } from "../../api/shapes.ts";
import { durationText } from "../../ui/time-text.ts";

/** Runs that are named in a sentence, each by the end of its id. */
export function withShortIds(text: string): string {
  return text.replaceAll(/[0-9A-HJKMNP-TV-Z]{20}([0-9A-HJKMNP-TV-Z]{6})/g, "$1");
}

/** What of the data a run is about; null where it covers nothing in particular. */
export function coverText({ slice, window }: Pick<Run, "slice" | "window">): string | null {
  switch (slice?.kind) {
    case "key":
      return slice.key;
    case "keys":
      return slice.keys.length > 3
        ? `${slice.keys.slice(0, 2).join(", ")} and ${slice.keys.length - 2} more`
        : slice.keys.join(", ");
    case "range":
      return `${slice.from} … ${slice.to}`;
    case undefined:
      return window.start === window.end ? null : windowText(window);
  }
}

/** Where it starts and how long it is: `2026-11-21 05:00 + 1 d`. */
function windowText({ start, end }: Run["window"]): string {
  const text = durationText(Date.parse(end) - Date.parse(start));
  return `${dayText(start)} UTC + ${text.replace(/ 0+ (?:h|min|s)$/, "")}`;
}

/** To the minute; midnight is a day. */
function dayText(instant: string): string {
  return instant.endsWith("T00:00:00.000Z") ? instant.slice(0, 10) : instant.slice(0, 16).replace("T", " ");
}

/** Where nobody logs in, whoever uses the API has its name, which says nothing. */
export function personText(actor: string): string {
  return actor === "api" ? "by hand" : actor;
}

/** `by anna`; where nobody logs in, `by hand`. */
export function byWhom(actor: string): string {
  return actor === "api" ? "by hand" : `by ${actor}`;
}

/** The parameters in a line: `airports 5, dry false`. Empty where there are none. */
export function paramsText(params: unknown): string {
  if (params === null || typeof params !== "object") return params === null ? "" : JSON.stringify(params);
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}`)
    .join(", ");
}

/** What made a run, in words. */
export function triggerText({ trigger }: Pick<Run, "trigger">): string {
  switch (trigger.kind) {
    case "manual":
      return personText(trigger.actor);
    case "rerun":
      return `${trigger.mark === undefined ? "rerun" : "marked"} ${byWhom(trigger.actor)}`;
    case "flow_run":
      return "another run";
    case "schedule":
      return trigger.schedule === "default" ? "schedule" : `schedule ${trigger.schedule}`;
    case "backfill":
      return "backfill";
    case "event":
      return `${trigger.source} ${trigger.trigger}`;
  }
}
