import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { MarkBody, Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { StateBadge } from "../../ui/state-badge.tsx";
import { shortId } from "../runs/run-table.tsx";
import { PlanDialog } from "./plan-dialog.tsx";
import { PlanOf, usePlan } from "./plan-of.tsx";
import { namesText } from "./task-names.ts";

const STATES: readonly MarkBody["as"][] = ["success", "failed", "skipped"];

/** Says how tasks count, after it has said what runs because of that. */
export function MarkDialog({
  run,
  tasks,
  first = "success",
  onClose,
}: {
  readonly run: Run;
  readonly tasks: readonly string[];
  readonly first?: MarkBody["as"] | undefined;
  readonly onClose: () => void;
}) {
  const [as, setAs] = useState(first);
  const [reason, setReason] = useState("");
  const navigate = useNavigate();
  const mark = useChange("markTasks");
  const said = { tasks: [...tasks], as };
  const plan = usePlan(run.id, { kind: "mark", body: said });
  const submit = async (): Promise<void> => {
    const body = { ...said, reason: reason.trim() === "" ? null : reason.trim() };
    try {
      const answer = await mark.mutateAsync({ params: { run: run.id }, body });
      onClose();
      await navigate({ to: "/runs/$run", params: { run: answer.run } });
    } catch {
      // The dialog shows why.
    }
  };
  const isReady = plan.data !== undefined && plan.error === null && !plan.isPlaceholderData;
  return (
    <PlanDialog
      title={
        <>
          Mark {namesText(tasks)} <span className="font-mono text-xs text-ink-3">{shortId(run.id)}</span>
        </>
      }
      verb={`Mark as ${as}`}
      icon="flag"
      canSubmit={isReady && !mark.isPending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 px-4 py-3">
        <p className="text-ink-2">
          It makes a new run: what comes after is decided anew, and everything else stays as it ended. Nothing else is
          repeated.
        </p>
        <States as={as} onChange={setAs} />
        <Reason value={reason} onChange={setReason} />
      </div>
      {mark.error === null ? null : <Problem error={mark.error} onRetry={againOf(mark.error, submit)} />}
      <PlanOf answer={plan} />
    </PlanDialog>
  );
}

function States({ as, onChange }: { readonly as: MarkBody["as"]; readonly onChange: (as: MarkBody["as"]) => void }) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">What it counts as</legend>
      {STATES.map((state) => (
        <label
          key={state}
          className={`flex items-center gap-2 rounded-md border px-2.5 py-1.5 ${state === as ? "border-accent bg-accent-soft" : "border-line hover:bg-sunken"}`}
        >
          <input
            type="radio"
            name="as"
            checked={state === as}
            onChange={() => onChange(state)}
            className="size-4 accent-accent"
          />
          <StateBadge state={state} />
        </label>
      ))}
    </fieldset>
  );
}

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-ink-2">
        Why, for those who look at it later
      </label>
      <input
        id={id}
        value={value}
        maxLength={1_000}
        onChange={({ target }) => onChange(target.value)}
        className="h-8 w-full rounded-md border border-line-strong bg-raised px-2"
      />
    </div>
  );
}
