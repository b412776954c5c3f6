import { Link } from "@tanstack/react-router";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Instant } from "../../ui/time.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { MoreButton } from "../manage/more-button.tsx";
import { usePages } from "../manage/use-pages.ts";
import { shortId } from "../runs/run-table.tsx";
import { type Asked, askedId } from "./use-waiting.ts";

type Decision = NonNullable<Asked["decision"]>;

const LOOKS: Readonly<
  Record<Decision["decision"], { readonly text: string; readonly icon: IconName; readonly look: string }>
> = {
  approved: { text: "Approved", icon: "check", look: "text-success" },
  rejected: { text: "Rejected", icon: "cross", look: "text-failed" },
  expired: { text: "Nobody decided", icon: "clock", look: "text-failed" },
};

const COLUMNS: readonly Column<Asked>[] = [
  { name: "Decision", show: ({ decision }) => (decision === null ? null : <Said decision={decision} />) },
  {
    name: "What was asked",
    show: ({ run, flow, task, message, decision }) => (
      <>
        <Link to="/runs/$run/tasks/$task" params={{ run, task }} className="font-medium break-words hover:text-accent">
          {message}
        </Link>
        <p className="text-2xs text-ink-2">
          {flow} · {task}
        </p>
        {/* A phone has no column for it. */}
        {decision?.comment == null ? null : <p className="break-words text-ink-2 md:hidden">“{decision.comment}”</p>}
      </>
    ),
  },
  {
    name: "Comment",
    from: "md",
    show: ({ decision }) =>
      decision?.comment == null ? (
        <span className="text-ink-3">–</span>
      ) : (
        <span className="line-clamp-3 max-w-96 break-words" title={decision.comment}>
          {decision.comment}
        </span>
      ),
  },
  {
    name: "Who",
    from: "sm",
    show: ({ decision }) => decision?.by ?? <span className="text-ink-2">the deadline</span>,
  },
  { name: "When", show: ({ decision }) => <Instant at={decision?.at ?? null} relative /> },
  {
    name: "Run",
    from: "lg",
    show: ({ run }) => (
      <Link to="/runs/$run" params={{ run }} className="font-mono text-xs text-accent hover:underline">
        {shortId(run)}
      </Link>
    ),
  },
];

function Said({ decision: { decision } }: { readonly decision: Decision }) {
  const { text, icon, look } = LOOKS[decision];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${look}`}>
      <Icon name={icon} size={14} /> {text}
    </span>
  );
}

/** What people said, and when nobody did. */
export function Decisions() {
  const { answer, items } = usePages("listApprovals", { which: "decided" });
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <Answered of={answer}>
        {items.length === 0 ? (
          <Empty icon="person" title="Nothing was decided yet">
            Each decision stays here with its comment for as long as its run is kept.
          </Empty>
        ) : (
          <DataTable label="Decisions" columns={COLUMNS} rows={items} idOf={askedId} />
        )}
        <MoreButton of={answer} />
      </Answered>
    </div>
  );
}
