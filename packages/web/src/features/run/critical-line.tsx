import { Fragment } from "react";
import type { Run } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { durationText } from "../../ui/time-text.ts";
import { type CriticalPath, type CriticalStep, longestStep, toldSteps } from "./critical-path.ts";

/** More are told in the timeline. */
const MOST = 12;

/** In words: how much of the run the tasks took that decided its length, and which these are. */
export function CriticalLine({
  run,
  path: { steps, sumMs },
  onSelect,
}: {
  readonly run: Run;
  readonly path: CriticalPath;
  readonly onSelect: (task: string) => void;
}) {
  const last = steps.at(-1);
  if (last === undefined) return null;
  const startMs = Date.parse(run.startedAt ?? run.createdAt);
  const wholeMs = (run.endedAt === null ? last.endMs : Date.parse(run.endedAt)) - startMs;
  const longest = longestStep(steps);
  return (
    <section aria-label="Critical path" className="mb-3 flex flex-wrap items-center gap-x-1.5 gap-y-1 text-ink-2">
      <span className="font-medium text-ink">
        Critical path {durationText(sumMs)} of {durationText(wholeMs)}
      </span>
      {toldSteps(steps, MOST).map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are told anew with each answer, in the order of the path
        <Fragment key={at}>
          <Icon name="chevron" size={11} className="text-ink-3" />
          {"left" in step ? (
            <span className="text-ink-3">{step.left} shorter</span>
          ) : (
            <button
              type="button"
              onClick={() => onSelect(step.row.task.replaceAll(/\[\d+\]/g, "[]"))}
              className={`rounded-sm hover:text-accent ${step === longest ? "font-medium text-ink" : ""}`}
            >
              {step.row.task} <span className={step === longest ? "" : "text-ink-3"}>{tookText(step)}</span>
            </button>
          )}
        </Fragment>
      ))}
    </section>
  );
}

/** How long a step took; where much of it was no work, both are told: the task is not what is to be made faster. */
function tookText({ row: { startedAt }, fromMs, endMs }: CriticalStep): string {
  const startMs = startedAt === null ? endMs : Date.parse(startedAt);
  const queuedMs = startMs - fromMs;
  if (queuedMs * 2 <= endMs - fromMs || queuedMs <= WORTH_MS) return durationText(endMs - fromMs);
  return `waited ${durationText(queuedMs)}, ran ${durationText(endMs - startMs)}`;
}

const WORTH_MS = 50;
