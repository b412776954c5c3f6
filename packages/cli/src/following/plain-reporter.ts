import { formatDuration, type ItemPath, taskRunLabel } from "@millrace/core";
import type { Console } from "../output/console.ts";
import type { Style } from "../output/style.ts";
import { padEnd } from "../output/text-width.ts";
import { clockText } from "../output/time-text.ts";
import type { RunEvent, Spot } from "../run-view/run-event.ts";
import { endedCount, type RunView } from "../run-view/run-view.ts";
import type { RunReporter } from "./run-reporter.ts";
import { stateWord } from "./state-text.ts";
import { outcomeLine, returnedLines, storyText } from "./story-text.ts";

/** Items of maps with more than this are not worth a line each: such a map says every tenth how far it is. */
const MOST_ITEMS_WITH_LINES = 100;

/** One plain line an event, for CI and pipes. */
export function makePlainReporter(console: Console): RunReporter {
  const { style } = console;
  const line = (atMs: number, word: string, text: string): void => {
    console.note(`${style.dim(clockText(atMs))}  ${padEnd(word, 9)}  ${text}`.trimEnd());
  };
  return {
    begin: (view, resumed) => {
      console.note(`${style.bold(view.flow)} ${style.dim(view.run)}${resumed ? " resumed" : ""}`);
    },
    event: (view, event) => {
      if (!("node" in event)) {
        if (event.kind === "run.cancelling") line(event.atMs, "cancel", view.flow);
        return;
      }
      const crowd = crowdText(view, event);
      if (crowd !== "") line(event.atMs, "progress", crowd);
      const words = isCrowded(view, event) && !isTrouble(event) ? undefined : wordsOf(event, style);
      if (words !== undefined) line(event.atMs, words[0], `${labelAt(view, event)}${words[1]}`);
    },
    notice: (text) => console.note(text),
    end: (view, story) => {
      const told = storyText(story, style);
      const outcome = [outcomeLine(view, style), ...returnedLines(story, console)];
      console.print(told.length === 0 ? outcome : [...told, "", ...outcome]);
    },
    close: () => {},
  };
}

function labelAt(view: RunView, { node, item }: Spot): string {
  const spec = view.spec.nodes[node];
  return spec === undefined ? view.flow : taskRunLabel(spec.id, item as ItemPath);
}

/** What is said of an event: a word, and the rest after the task's name. */
function wordsOf(event: RunEvent, style: Style): [string, string] | undefined {
  switch (event.kind) {
    case "task.started":
      return [event.resumed ? "resumed" : "started", event.number > 1 ? `  try ${event.number}` : ""];
    case "task.retrying": {
      const wait = event.resumeAtMs === null ? "" : `, again in ${formatDuration(event.resumeAtMs - event.atMs)}`;
      return [style.yellow("retrying"), `  try ${event.number} failed${wait}: ${errorWords(event.error)}`];
    }
    case "task.deferred":
      return [style.blue("deferred"), deferredWords(event)];
    case "task.expanded":
      return ["expanded", `  ${event.items} items`];
    case "task.finished": {
      const said = event.marked ? "  marked" : event.reusedFrom === null ? "" : "  reused";
      const idle = event.state === "skipped" || event.state === "upstream_failed" || said !== "";
      const took = event.cached ? "  cached" : idle ? "" : `  ${formatDuration(event.ms)}`;
      const arm = event.arm === null ? "" : `  took ${event.arm}`;
      const error = event.error === null ? "" : `  ${errorWords(event.error)}`;
      return [stateWord(event.state, style), `${took}${arm}${said}${error}`];
    }
    case "data.reported":
      return reportedWords(event, style);
    case "hook.finished":
      return [
        stateWord(event.state, style),
        `  hook ${event.hook}${event.error === null ? "" : `  ${errorWords(event.error)}`}`,
      ];
    case "run.queued":
    case "run.started":
    case "run.cancelling":
    case "run.finished":
    case "task.resumed":
    case "hook.working":
      return undefined;
  }
}

/** `reported load  shop/orders`, `checked load  unique of shop/orders failed`; a custom report has no words. */
function reportedWords(event: RunEvent & { kind: "data.reported" }, style: Style): [string, string] | undefined {
  const { report, asset, check, passed, severity } = event;
  if (report === "custom") return undefined;
  if (report === "materialization") return ["reported", `  ${asset ?? ""}`];
  const about = asset === null ? "" : ` of ${asset}`;
  const end =
    passed === true ? "passed" : severity === "warn" ? style.yellow("failed (a warning)") : style.red("failed");
  return ["checked", `  ${check ?? ""}${about} ${end}`];
}

function deferredWords({ resumeAtMs, childRun, approval }: RunEvent & { readonly kind: "task.deferred" }): string {
  if (approval !== null) return `  until somebody decides: ${approval}`;
  if (childRun !== null) return `  until run ${childRun} has ended`;
  return resumeAtMs === null ? "" : `  until ${clockText(resumeAtMs)}`;
}

/** The first line of an error: the rest is told at the end. */
export function errorWords(error: { readonly code: string | null; readonly message: string } | null): string {
  if (error === null) return "";
  const [first = ""] = error.message.split("\n");
  return error.code === null ? first : `${error.code}: ${first}`;
}

function isTrouble(event: RunEvent): boolean {
  return event.kind === "task.retrying" || (event.kind === "task.finished" && event.state === "failed");
}

function isCrowded(view: RunView, { node, item }: Spot): boolean {
  return item !== "" && (view.nodes[node]?.total ?? 0) > MOST_ITEMS_WITH_LINES;
}

/** `process 3700/10000` when this event made a tenth full. */
function crowdText(view: RunView, event: RunEvent): string {
  if (event.kind !== "task.finished" || !isCrowded(view, event)) return "";
  const node = view.nodes[event.node];
  if (node === undefined || node === null) return "";
  const step = Math.ceil(node.total / 10);
  const ended = endedCount(node);
  if (ended % step !== 0 && ended !== node.total) return "";
  const failed = node.ended.failed > 0 ? `  ${node.ended.failed} failed` : "";
  return `${view.spec.nodes[event.node]?.id ?? ""} ${ended}/${node.total}${failed}`;
}
