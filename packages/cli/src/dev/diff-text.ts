import type { DefinitionDiff, FlowChange, FlowSpec, ListChange } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";

/** More names than these are counted and not listed. */
const MOST_NAMES = 6;

/** A line for each flow that is new, gone or changed. */
export function diffText({ added, removed, changed }: DefinitionDiff, style: Style): string[] {
  return [
    ...added.map((spec) => `${style.green("+")} ${style.bold(spec.name)}  ${flowText(spec)}`),
    ...changed.map((change) => `${style.yellow("~")} ${style.bold(change.flow)}  ${changeText(change, style)}`),
    ...removed.map((name) => `${style.red("-")} ${style.bold(name)}`),
  ];
}

/** `3 tasks, schedule 0 6 * * *`. */
export function flowText({ nodes, schedules }: FlowSpec): string {
  const tasks = countText(nodes.filter(({ kind }) => kind === "task").length, "task");
  return [tasks, ...schedules.map((schedule) => describeSchedule(schedule))].join(", ");
}

function changeText({ tasks, schedules, triggers, parts }: FlowChange, style: Style): string {
  const lists = [listText("task", tasks, style), listText("schedule", schedules, style)];
  return [...lists, listText("trigger", triggers, style), parts.join(", ")].filter((text) => text !== "").join("; ");
}

/** `tasks +clean ~load -old`. */
function listText(noun: string, { added, removed, changed }: ListChange, style: Style): string {
  const names = [
    ...added.map((name) => style.green(`+${name}`)),
    ...changed.map((name) => style.yellow(`~${name}`)),
    ...removed.map((name) => style.red(`-${name}`)),
  ];
  if (names.length === 0) return "";
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${noun}${names.length === 1 ? "" : "s"} ${names.slice(0, MOST_NAMES).join(" ")}${more}`;
}
