import { Fragment } from "react";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { durationText } from "../../ui/time-text.ts";
import type { CriticalPath } from "./critical-path.ts";

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
  const shown = steps.length > MOST ? [...steps.slice(0, MOST / 2), ...steps.slice(-MOST / 2)] : steps;
  return (
    <section aria-label="Critical path" className="mb-3 flex flex-wrap items-center gap-x-1.5 gap-y-1 text-ink-2">
      <span className="font-medium text-ink">
        Critical path {durationText(sumMs)} of {durationText(wholeMs)}
      </span>
      {shown.map(({ row, fromMs, endMs }, at) => (
        <Fragment key={`${row.task} ${fromMs}`}>
          <Icon name="chevron" size={11} className="text-ink-3" />
          {steps.length > MOST && at === MOST / 2 ? (
            <>
              <span>{steps.length - MOST} more</span>
              <Icon name="chevron" size={11} className="text-ink-3" />
            </>
          ) : null}
          <button
            type="button"
            onClick={() => onSelect(row.task.replaceAll(/\[\d+\]/g, "[]"))}
            className="rounded-sm hover:text-accent"
          >
            {row.task}{" "}
            <span className="text-ink-3">
              {durationText(endMs - fromMs)}
              {queuedText(row, fromMs, endMs)}
            </span>
          </button>
        </Fragment>
      ))}
    </section>
  );
}

/** Where most of it was no work, it says so: the task is not what is to be made faster. */
function queuedText({ startedAt }: TaskRun, fromMs: number, endMs: number): string {
  const queuedMs = (startedAt === null ? endMs : Date.parse(startedAt)) - fromMs;
  return queuedMs * 2 > endMs - fromMs && queuedMs > WORTH_MS ? ", most of it in the queue" : "";
}

const WORTH_MS = 50;
