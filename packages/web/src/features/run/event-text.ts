import type { RunEvent } from "../../api/shapes.ts";
import { LOOKS, type State } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { byWhom } from "../runs/run-text.ts";

interface Data {
  readonly state?: State;
  readonly ms?: number;
  readonly try?: number;
  readonly hook?: string;
  readonly items?: number;
  readonly cached?: boolean;
  readonly resumed?: boolean;
  readonly approval?: string;
  readonly childRun?: string;
  readonly arm?: string;
  readonly kind?: string;
  readonly asset?: string;
  readonly check?: string;
  readonly passed?: boolean;
  readonly error?: { readonly message: string };
  readonly by?: string;
}

/** So many events of a run are read: who needs more asks the API. */
export const FIRST_EVENTS = 1_000;

/** An event in words. */
export function eventText({ type, data }: RunEvent): string {
  const own = (data ?? {}) as Data;
  const hook = own.hook === undefined ? "" : ` (hook ${own.hook})`;
  switch (type) {
    case "run.queued":
      return "queued";
    case "run.started":
      return "started";
    case "run.cancelling":
      return own.by === undefined ? "asked to stop" : `cancelled ${byWhom(own.by)}`;
    case "run.finished":
      return endText(own);
    case "task.started":
      return `${own.resumed === true ? "went on" : "started"}${tryText(own)}${hook}`;
    case "task.retrying":
      return `will be tried again${tryText(own)}${errorText(own)}${hook}`;
    case "task.deferred":
      return own.approval === undefined
        ? `waits${own.childRun === undefined ? "" : " for a run"}`
        : `asks: ${own.approval}`;
    case "task.resumed":
      return "went on";
    case "task.expanded":
      return `has ${own.items} items`;
    case "task.finished":
      return `${endText(own)}${own.cached === true ? ", from the cache" : ""}${own.arm === undefined ? "" : `, took ${own.arm}`}`;
    case "hook.finished":
      return `${endText(own)}${hook}`;
    case "data.reported":
      return reportText(own);
  }
}

function endText(own: Data): string {
  const text = own.state === undefined ? "ended" : LOOKS[own.state].text.toLowerCase();
  return `${text}${own.ms === undefined ? "" : ` after ${durationText(own.ms)}`}${errorText(own)}`;
}

function errorText({ error }: Data): string {
  return error === undefined ? "" : `: ${error.message}`;
}

function tryText(own: Data): string {
  return own.try === undefined ? "" : `, try ${own.try}`;
}

function reportText({ kind, asset, check, passed }: Data): string {
  if (check !== undefined) return `check ${check} ${passed === true ? "passed" : "did not pass"}`;
  return `reported ${kind ?? "data"}${asset === undefined ? "" : ` of ${asset}`}`;
}
