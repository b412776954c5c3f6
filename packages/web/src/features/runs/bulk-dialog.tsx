import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Run } from "../../api/shapes.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loading, Problem } from "../../ui/notices.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { runState } from "../../ui/states.ts";
import { CodeChoiceOfMany } from "../run/code-choice.tsx";
import { type Code, isOtherCode } from "../run/code-of-rerun.ts";
import { type BulkAct, type BulkItem, type BulkResult, doBulk, planBulk } from "./run-acts.ts";
import { shortId } from "./run-table.tsx";

const WORDS = {
  cancel: { title: "Cancel", verb: "Cancel", done: "Being cancelled", icon: "stop", kind: "danger" },
  rerun: {
    title: "Run again what failed in",
    verb: "Run again",
    done: "Running again",
    icon: "retry",
    kind: "primary",
  },
} as const;

/** Says of each of the runs that are chosen what would become of it, does it, and says what came of it. */
export function BulkDialog({
  act,
  runs,
  onClose,
}: {
  readonly act: BulkAct;
  readonly runs: readonly Run[];
  readonly onClose: () => void;
}) {
  const { title, verb, done, icon, kind } = WORDS[act];
  const [results, setResults] = useState<readonly BulkResult[]>();
  const [isBusy, setBusy] = useState(false);
  // What failed was mended: with today's code first, and what that is of each run is known from its plan.
  const [code, setCode] = useState<Code>("today");
  const plan = useBulkPlan(act, runs, code);
  const others =
    useBulkPlan(act, runs, "today").data?.filter((item) => item.plan && isOtherCode(item.plan.version)) ?? [];
  const todo = plan.data?.filter(({ refused }) => refused === undefined) ?? [];
  const submit = async (): Promise<void> => {
    setBusy(true);
    setResults(await doBulk(act, plan.data ?? [], code));
    setBusy(false);
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[min(34rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title>
              {title} {runsText(runs.length)}
            </Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto" aria-live="polite">
            {plan.error === null ? null : <Problem error={plan.error} />}
            {plan.data === undefined && plan.error === null ? <Loading rows={3} /> : null}
            {others.length === 0 || results !== undefined ? null : (
              <CodeChoiceOfMany
                note={`another than that of ${runsText(others.length)}`}
                code={code}
                onChoose={setCode}
              />
            )}
            {results === undefined ? (
              <Plan act={act} items={plan.data ?? []} />
            ) : (
              <Results done={done} results={results} />
            )}
          </div>
          <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
            {results === undefined ? (
              <>
                <Button onClick={onClose}>Leave them</Button>
                <Button kind={kind} icon={icon} disabled={todo.length === 0 || isBusy} onClick={() => void submit()}>
                  {plan.data === undefined ? verb : `${verb} ${runsText(todo.length)}`}
                </Button>
              </>
            ) : (
              <Button kind="primary" onClick={onClose}>
                Done
              </Button>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useBulkPlan(act: BulkAct, runs: readonly Run[], code: Code) {
  return useQuery({
    queryKey: ["bulk", act, code, runs.map(({ id }) => id)],
    queryFn: () => planBulk(act, runs, code),
    staleTime: 0,
    gcTime: 0,
  });
}

export function runsText(count: number): string {
  return count === 1 ? "1 run" : `${count} runs`;
}

function Plan({ act, items }: { readonly act: BulkAct; readonly items: readonly BulkItem[] }) {
  const refused = items.filter((item) => item.refused !== undefined);
  const todo = items.filter((item) => item.refused === undefined);
  const tasks = todo.reduce((sum, { plan }) => sum + (plan?.counts.run ?? 0), 0);
  if (items.length === 0) return null;
  return (
    <>
      <p className="px-4 pt-3 pb-2 font-semibold">
        {todo.length === 0
          ? "Nothing to do"
          : act === "cancel"
            ? `${runsText(todo.length)} to cancel`
            : `${tasks === 1 ? "1 task" : `${tasks} tasks`} in ${runsText(todo.length)}`}
        {refused.length === 0 ? "" : `, ${refused.length} left alone`}
      </p>
      <ul className="border-t border-line">
        {[...todo, ...refused].map(({ run, plan, refused: why }) => (
          <Line key={run.id} run={run} isOff={why !== undefined}>
            {why ?? (plan === undefined ? "" : `${plan.counts.run} run again, ${plan.counts.reuse} kept`)}
          </Line>
        ))}
      </ul>
    </>
  );
}

function Results({ done, results }: { readonly done: string; readonly results: readonly BulkResult[] }) {
  const refused = results.filter((result) => result.refused !== undefined);
  const good = results.length - refused.length;
  return (
    <>
      <p className="px-4 pt-3 pb-2 font-semibold">
        {done}: {runsText(good)}
        {refused.length === 0 ? "" : `; ${refused.length} left alone`}
      </p>
      <ul className="border-t border-line">
        {results.map(({ run, made, refused: why }) => (
          <Line key={run.id} run={run} isOff={why !== undefined}>
            {why ??
              (made === undefined ? (
                "done"
              ) : (
                <Link to="/runs/$run" params={{ run: made }} className="text-accent hover:underline">
                  as {shortId(made)}
                </Link>
              ))}
          </Line>
        ))}
      </ul>
    </>
  );
}

function Line({ run, isOff, children }: { readonly run: Run; readonly isOff: boolean; readonly children: ReactNode }) {
  return (
    <li className="flex min-h-8 items-center gap-2 border-b border-line px-4 py-1 last:border-b-0">
      <StateMark state={runState(run)} />
      <span className="truncate">{run.flow}</span>
      <span className="font-mono text-2xs text-ink-3">{shortId(run.id)}</span>
      <span className={`ml-auto flex min-w-0 items-center gap-1.5 text-right ${isOff ? "text-ink-3" : "text-ink-2"}`}>
        {isOff ? <Icon name="minus" size={12} /> : null}
        <span className="min-w-0 break-words">{children}</span>
      </span>
    </li>
  );
}
