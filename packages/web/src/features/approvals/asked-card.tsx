import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { OfFlow } from "../../app/flow-zone.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { coverText } from "../runs/run-text.ts";
import { DecideForm } from "./decide-form.tsx";
import { Evidence } from "./evidence.tsx";
import type { Asked } from "./use-waiting.ts";

/** One question: what is asked, what there is to judge by, and the answer. */
export function AskedCard({ asked }: { readonly asked: Asked }) {
  const { run, flow, task, message, askedAt } = asked;
  const covered = coverText(asked);
  return (
    <OfFlow flow={flow}>
      <section aria-label={`${task} of ${flow}: ${message}`} className="rounded-lg border border-line bg-surface">
        <header className="flex items-start gap-2.5 border-b border-line px-3 py-2.5">
          <span className="mt-0.5">
            <StateMark state="awaiting_input" />
          </span>
          <div className="min-w-0 flex-1">
            <h2 className="break-words">{message}</h2>
            <p className="flex flex-wrap gap-x-1.5 text-ink-2">
              <Link to="/flows/$flow" params={{ flow }} className="hover:text-accent">
                {flow}
              </Link>
              <span aria-hidden="true">·</span>
              <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="hover:text-accent">
                {task}
              </Link>
              <span aria-hidden="true">·</span>
              <Link
                to="/runs/$run"
                params={{ run }}
                className="font-mono text-xs leading-5 text-accent hover:underline"
              >
                {shortId(run)}
              </Link>
            </p>
          </div>
          <span className="shrink-0 text-ink-2">
            <Instant at={askedAt} relative />
          </span>
        </header>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-3 py-2.5">
          <Row name="Until">
            <Deadline asked={asked} />
          </Row>
          <Row name="May decide">
            <Deciders deciders={asked.deciders} />
          </Row>
          {covered === null ? null : <Row name="The run covers">{covered}</Row>}
        </dl>
        <Evidence asked={asked} />
        <DecideForm asked={asked} />
      </section>
    </OfFlow>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

const THEN: Readonly<Record<Asked["onDeadline"], string>> = {
  approved: "then it counts as approved",
  rejected: "then it counts as rejected",
  fail: "then the task fails",
};

function Deadline({ asked: { deadline, onDeadline } }: { readonly asked: Asked }) {
  if (deadline === null) return <>somebody decides: it waits as long as that takes</>;
  return (
    <>
      <Instant at={deadline} /> (<Instant at={deadline} relative />
      ), {THEN[onDeadline]}
    </>
  );
}

/** More names than this are counted. */
const NAMED = 8;

function Deciders({ deciders }: Pick<Asked, "deciders">) {
  if (deciders === null) return <>whoever reaches this server: the project has no users</>;
  if (deciders.length === 0) return <span className="text-failed">nobody: no user is an operator of this flow</span>;
  const more = deciders.length - NAMED;
  return (
    <>
      {deciders.slice(0, NAMED).join(", ")}
      {more > 0 ? ` and ${more} more` : ""}
    </>
  );
}
