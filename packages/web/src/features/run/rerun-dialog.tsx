import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { RerunBody, Run, TaskRun } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { shortId } from "../runs/run-table.tsx";

type What = "failed" | "all" | "task";

interface Option {
  readonly what: What;
  readonly title: string;
  readonly note: string;
  readonly isOff: boolean;
}

/** States of task runs that a rerun of what failed repeats. */
const UNDONE = new Set<TaskRun["state"]>(["failed", "upstream_failed", "cancelled"]);

/** Runs something again. What it will do is said before it is done. */
export function RerunDialog({
  run,
  taskRuns,
  task,
  onClose,
}: {
  readonly run: Run;
  readonly taskRuns: readonly TaskRun[];
  readonly task: string | undefined;
  readonly onClose: () => void;
}) {
  const [what, setWhat] = useState<What>(task === undefined ? whatFirst(run) : "task");
  const [isNewest, setNewest] = useState(false);
  const navigate = useNavigate();
  const rerun = useChange("rerun");
  const choices = optionsOf(taskRuns, task);
  const submit = async (): Promise<void> => {
    const ofTask = { what: "tasks" as const, tasks: task === undefined ? [] : [task] };
    const body: RerunBody = { ...(what === "task" ? ofTask : { what }), ...(isNewest ? { version: null } : {}) };
    try {
      const answer = await rerun.mutateAsync({ params: { run: run.id }, body });
      onClose();
      await navigate({ to: "/runs/$run", params: { run: answer.run } });
    } catch {
      // The dialog shows why.
    }
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(28rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title>
              Run {run.flow} <span className="font-mono text-xs text-ink-3">{shortId(run.id)}</span> again
            </Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <fieldset className="flex flex-col gap-1 p-4">
            <legend className="sr-only">What to run again</legend>
            {choices.map((choice) => (
              <Choice
                key={choice.what}
                option={choice}
                isChosen={choice.what === what}
                onChoose={() => setWhat(choice.what)}
              />
            ))}
            <label className="mt-2 flex items-center gap-2 px-2">
              <input
                type="checkbox"
                checked={isNewest}
                onChange={({ target }) => setNewest(target.checked)}
                className="size-4 accent-accent"
              />
              With the code as it is now, not as it was
            </label>
          </fieldset>
          {rerun.error === null ? null : <Problem error={rerun.error} />}
          <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" icon="retry" disabled={rerun.isPending} onClick={() => void submit()}>
              Run again
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function whatFirst({ state }: Run): What {
  return state === "success" ? "all" : "failed";
}

/** What may be run again, each with what it means for this run. */
function optionsOf(taskRuns: readonly TaskRun[], task: string | undefined): readonly Option[] {
  const undone = taskRuns.filter(({ state, hook }) => hook === "" && UNDONE.has(state));
  return [
    {
      what: "failed",
      title: "From what failed",
      note:
        undone.length === 0 ? "Nothing failed." : `${countText(undone.length)} and what comes after; the rest is kept.`,
      isOff: undone.length === 0,
    },
    ...(task === undefined
      ? []
      : [
          {
            what: "task" as const,
            title: `From ${task}`,
            note: "This task and all after it; what is before is kept.",
            isOff: false,
          },
        ]),
    { what: "all", title: "Everything", note: "All tasks, from the beginning.", isOff: false },
  ];
}

function countText(count: number): string {
  return count === 1 ? "1 task" : `${count} tasks`;
}

function Choice({
  option: { title, note, isOff },
  isChosen,
  onChoose,
}: {
  readonly option: Option;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label
      className={`flex items-start gap-2.5 rounded-md border px-2.5 py-2 ${isChosen ? "border-accent bg-accent-soft" : "border-transparent hover:bg-sunken"} ${isOff ? "opacity-60" : ""}`}
    >
      <input
        type="radio"
        name="what"
        checked={isChosen}
        disabled={isOff}
        onChange={onChoose}
        className="mt-0.5 size-4 accent-accent"
      />
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-ink-2">{note}</span>
      </span>
    </label>
  );
}
