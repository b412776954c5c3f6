import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { RerunBody, Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { shortId } from "../runs/run-table.tsx";
import { CodeChoice } from "./code-choice.tsx";
import { type Code, codeFirst, isOtherCode } from "./code-of-rerun.ts";
import { PlanDialog } from "./plan-dialog.tsx";
import { PlanOf, usePlan, useWritten } from "./plan-of.tsx";
import { namesText } from "./task-names.ts";

/** `after`: the tasks that are meant and all that waits for them; `only`: just these. */
export type RerunWhat = "failed" | "after" | "only" | "all";

interface Option {
  readonly what: RerunWhat;
  readonly title: string;
  readonly note: string;
}

/** Runs something again. What it will do is said before it is done. */
export function RerunDialog({
  run,
  tasks,
  first,
  onClose,
}: {
  readonly run: Run;
  /** Those that are meant; none for the run as a whole. */
  readonly tasks: readonly string[];
  /** What is chosen first. Defaults to what failed, or everything where nothing did. */
  readonly first?: RerunWhat | undefined;
  readonly onClose: () => void;
}) {
  const [what, setWhat] = useState<RerunWhat>(first ?? (tasks.length > 0 ? "after" : whatFirst(run)));
  const navigate = useNavigate();
  const rerun = useChange("rerun");
  const { plan, code, choose, today } = useCode(run, bodyOf(what, tasks));
  const submit = async (): Promise<void> => {
    const body = withCode(bodyOf(what, tasks), code ?? "own");
    try {
      const answer = await rerun.mutateAsync({ params: { run: run.id }, body });
      onClose();
      await navigate({ to: "/runs/$run", params: { run: answer.run } });
    } catch {
      // The dialog shows why.
    }
  };
  const count = useWritten(plan.data)?.run ?? 0;
  const isAny = (plan.data?.counts.run ?? 0) > 0;
  const isReady = code !== undefined && plan.data !== undefined && plan.error === null && !plan.isPlaceholderData;
  return (
    <PlanDialog
      title={
        <>
          Run {run.flow} <span className="font-mono text-xs text-ink-3">{shortId(run.id)}</span> again
        </>
      }
      verb={isReady ? `Run ${count === 1 ? "1 task" : `${count} tasks`} again` : "Run again"}
      icon="retry"
      canSubmit={isReady && isAny && !rerun.isPending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <fieldset className="flex flex-col gap-0.5 px-3 pt-3 pb-2">
        <legend className="sr-only">What to run again</legend>
        {optionsOf(tasks).map((option) => (
          <Choice
            key={option.what}
            option={option}
            isChosen={option.what === what}
            onChoose={() => setWhat(option.what)}
          />
        ))}
      </fieldset>
      {today === undefined ? null : <CodeChoice run={run} today={today} code={code ?? "own"} onChoose={choose} />}
      {rerun.error === null ? null : <Problem error={rerun.error} onRetry={againOf(rerun.error, submit)} />}
      <PlanOf answer={plan} />
    </PlanDialog>
  );
}

/** With which code it is run again, and what that comes to. Until somebody chooses, what failed goes with today's. */
function useCode(run: Run, body: RerunBody) {
  const [chosen, choose] = useState<Code>();
  const ofToday = usePlan(run.id, { kind: "rerun", body: withCode(body, "today") });
  const version = ofToday.data?.version;
  const today = version !== undefined && isOtherCode(version) ? version : undefined;
  const code = chosen ?? codeUntilChosen(run, ofToday);
  const isOwn = code === "own" && (version?.isSame !== true || ofToday.error !== null);
  const ofOwn = usePlan(run.id, isOwn ? { kind: "rerun", body } : undefined);
  return { plan: isOwn ? ofOwn : ofToday, code, choose, today };
}

/** Undefined until it is known. Where today's code does not have what is asked for, it is run with its own. */
function codeUntilChosen(run: Run, { data, error }: ReturnType<typeof usePlan>): Code | undefined {
  if (error !== null) return "own";
  if (data === undefined) return undefined;
  return isOtherCode(data.version) ? codeFirst(run) : "own";
}

function withCode(body: RerunBody, code: Code): RerunBody {
  return code === "today" ? { ...body, version: null } : body;
}

function whatFirst({ state }: Run): RerunWhat {
  return state === "success" ? "all" : "failed";
}

function bodyOf(what: RerunWhat, tasks: readonly string[]): RerunBody {
  if (what === "failed" || what === "all") return { what };
  return { what: "tasks", tasks: [...tasks], downstream: what === "after" };
}

/** What may be run again, each with what it means. */
function optionsOf(tasks: readonly string[]): readonly Option[] {
  const whole: readonly Option[] = [
    { what: "failed", title: "From what failed", note: "With all after it; the rest is kept." },
    { what: "all", title: "Everything", note: "All tasks, from the beginning." },
  ];
  if (tasks.length === 0) return whole;
  const names = namesText(tasks);
  const these = tasks.length === 1 ? "it" : "them";
  return [
    { what: "after", title: `From ${names}`, note: `With all after ${these}; what is before is kept.` },
    {
      what: "only",
      title: `Only ${names}`,
      note: `What comes after ${these} is kept; failures are left out.`,
    },
    ...whole,
  ];
}

function Choice({
  option: { title, note },
  isChosen,
  onChoose,
}: {
  readonly option: Option;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label
      className={`flex items-baseline gap-2.5 rounded-md border px-2.5 py-1.5 ${isChosen ? "border-accent bg-accent-soft" : "border-transparent hover:bg-sunken"}`}
    >
      <input
        type="radio"
        name="what"
        checked={isChosen}
        onChange={onChoose}
        className="size-4 shrink-0 translate-y-0.5 accent-accent"
      />
      <span className="flex min-w-0 flex-wrap gap-x-2">
        <span className="min-w-0 font-medium break-words">{title}</span>
        <span className="text-ink-2">{note}</span>
      </span>
    </label>
  );
}
