import { formatDuration } from "@millrace/core";
import { logLineText } from "../logs/log-lines.ts";
import type { Console } from "../output/console.ts";
import { errorText } from "../output/error-text.ts";
import type { Style } from "../output/style.ts";
import { previewOf } from "../output/value-text.ts";
import { type RunView, totals } from "../run-view/run-view.ts";
import type { RunStory, TaskFailure } from "./run-story.ts";
import { stateMark, stateWord } from "./state-text.ts";

/** `✓ daily-orders success in 3.2 s  12 success, 1 skipped  01JD8Z…`. */
export function outcomeLine(view: RunView, style: Style): string {
  const took =
    view.endedAtMs === null ? "" : ` in ${formatDuration(view.endedAtMs - (view.startedAtMs ?? view.createdAtMs))}`;
  const mark = stateMark(view.state, style);
  return `${mark} ${style.bold(view.flow)} ${stateWord(view.state, style)}${took}  ${countsText(view)}  ${style.dim(view.run)}`;
}

/** `  returned { rows: 12 }`, on one line; nothing for a flow that returns nothing. */
export function returnedLines(
  { run, output }: RunStory,
  { style, columns }: Pick<Console, "style" | "columns">,
): string[] {
  const whole = `millrace output ${run.id}`;
  const preview = previewOf(output, Math.max(MIN_PREVIEW, columns - RETURNED.length - whole.length - 4));
  if (preview === undefined) return [];
  return [`  ${style.dim("returned")} ${preview.text}${preview.cut ? `  ${style.dim(whole)}` : ""}`];
}

const RETURNED = "  returned ";
const MIN_PREVIEW = 30;

/** `12 success (3 cached), 1 failed`. */
function countsText(view: RunView): string {
  const { success, failed, upstream_failed: upstream, skipped, cancelled, cached, reused } = totals(view);
  const kept = [cached > 0 ? `${cached} cached` : "", reused > 0 ? `${reused} reused` : ""].filter(
    (text) => text !== "",
  );
  const parts = [
    success > 0 ? `${success} success${kept.length > 0 ? ` (${kept.join(", ")})` : ""}` : "",
    failed > 0 ? `${failed} failed` : "",
    upstream > 0 ? `${upstream} upstream_failed` : "",
    skipped > 0 ? `${skipped} skipped` : "",
    cancelled > 0 ? `${cancelled} cancelled` : "",
  ].filter((text) => text !== "");
  return parts.length === 0 ? "no tasks" : parts.join(", ");
}

/** Why the run did not succeed, and what to do next. Nothing for a success. */
export function storyText({ run, failures, moreFailures }: Omit<RunStory, "output">, style: Style): string[] {
  const lines: string[] = [];
  if (run.error !== null) lines.push("", ...errorText(run.error, style));
  for (const failure of failures) lines.push("", ...failureText(failure, style));
  if (moreFailures > 0) lines.push("", `and ${moreFailures} more failed: millrace why ${run.id}`);
  lines.push(...nextSteps({ run, failures }, style));
  return lines;
}

function failureText(failure: TaskFailure, style: Style): string[] {
  const { label, tries, startedAtMs, endedAtMs, error, logTail } = failure;
  const after = tries > 1 ? ` after ${tries} tries` : "";
  const took = startedAtMs === null || endedAtMs === null ? "" : `, ${formatDuration(endedAtMs - startedAtMs)}`;
  const lines = [`${stateMark("failed", style)} ${style.bold(label)} failed${after}${took}`];
  if (error !== null) {
    const own = errorText(error, style, { stack: error.frame === null && error.code === null });
    lines.push(...own.map((line) => `  ${line}`));
  }
  if (logTail.length > 0) {
    lines.push(`  ${style.dim("last lines of its log:")}`, ...logTail.map((line) => `    ${logLineText(line, style)}`));
  }
  return lines;
}

function nextSteps({ run, failures }: Pick<RunStory, "run" | "failures">, style: Style): string[] {
  const [first] = failures;
  if (run.state === "cancelled") return ["", `${style.cyan("next:")} millrace retry ${run.id}`];
  if (run.state !== "failed") return [];
  const steps = [`millrace retry ${run.id}`];
  if (first !== undefined && first.logTail.length > 0) steps.push(`millrace logs ${run.id} --task '${first.label}'`);
  return ["", ...steps.map((step, index) => `${index === 0 ? style.cyan("next:") : "     "} ${step}`)];
}
