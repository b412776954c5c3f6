import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MarkBody, RepeatPlan, RerunBody } from "../../api/shapes.ts";
import { readOf, useApi } from "../../api/use-api.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Loading, Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { StateMark } from "../../ui/state-badge.tsx";
import { plannedCounts } from "./written-tasks.ts";

type Planned = RepeatPlan["tasks"][number];

/** What is asked for, of a run. */
export type Wanted =
  | { readonly kind: "rerun"; readonly body: RerunBody }
  | { readonly kind: "mark"; readonly body: MarkBody };

/** What the server would do. Asked anew each time the dialog is opened; the last one stays until the next is there. */
export function usePlan(run: string, wanted: Wanted | undefined) {
  const params = { run };
  const read =
    wanted?.kind === "mark"
      ? readOf("planMark", { params, body: wanted.body })
      : readOf("planRerun", { params, body: wanted?.body ?? {} });
  return useQuery({
    ...read,
    enabled: wanted !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

/** How many tasks do what, as they are written in the version that would run. */
export function useWritten(plan: RepeatPlan | undefined): RepeatPlan["counts"] | undefined {
  const flow = useApi(
    "getFlow",
    { params: { flow: plan?.flow ?? "" }, query: { version: plan?.version.id } },
    { enabled: plan !== undefined },
  );
  return plan && plannedCounts(plan, flow.data?.nodes);
}

/** So many of a group are listed before the rest is only counted. */
const MOST = 200;

const GROUPS: readonly { readonly does: Planned["does"]; readonly title: string; readonly icon: IconName }[] = [
  { does: "mark", title: "Marked", icon: "flag" },
  { does: "run", title: "Run again", icon: "retry" },
  { does: "reuse", title: "Kept as they ended", icon: "check" },
  { does: "leave_out", title: "Left out", icon: "minus" },
];

/** A plan, for those who decide about it. */
export function PlanOf({ answer }: { readonly answer: ReturnType<typeof usePlan> }) {
  const { data, error, isPlaceholderData } = answer;
  return (
    <section aria-label="Plan" aria-live="polite" aria-busy={isPlaceholderData} className="border-t border-line">
      {error !== null && !isPlaceholderData ? <Problem error={error} onRetry={againOf(error, answer.refetch)} /> : null}
      {data === undefined && error === null ? <Loading rows={3} /> : null}
      {data === undefined || error !== null ? null : <Plan plan={data} />}
    </section>
  );
}

function Plan({ plan }: { readonly plan: RepeatPlan }) {
  const { counts, tasks, version } = plan;
  const written = useWritten(plan);
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 pt-3 pb-2">
        <p className="font-semibold">{planText(written ?? counts)}</p>
        <p className="text-ink-2">{versionText(version)}</p>
      </div>
      <Changes version={version} />
      <div className="max-h-64 overflow-y-auto border-t border-line" role="group" aria-label="Tasks of the plan">
        {GROUPS.filter(({ does }) => counts[does] > 0).map(({ does, title, icon }) => (
          <Group
            key={does}
            title={title}
            icon={icon}
            count={(written ?? counts)[does]}
            tasks={tasks.filter((task) => task.does === does)}
          />
        ))}
      </div>
    </>
  );
}

/** `3 tasks run again, 2 are kept`. */
function planText({ run, reuse, mark, leave_out: out }: RepeatPlan["counts"]): string {
  const parts = [
    mark === 0 ? "" : `${mark} marked`,
    run === 0 ? "nothing runs" : `${run} ${run === 1 ? "task runs" : "tasks run"} again`,
    reuse === 0 ? "" : `${reuse} kept`,
    out === 0 ? "" : `${out} left out`,
  ].filter((part) => part !== "");
  const [first = "", ...rest] = parts;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(", ");
}

function versionText({ id, isSame, codeChanged }: RepeatPlan["version"]): string {
  if (isSame) return "with the code that it had";
  return `with version ${id.slice(0, 8)}, ${codeChanged ? "changed since this run" : "whose code is the same"}`;
}

function Changes({ version: { added, removed, changed } }: Pick<RepeatPlan, "version">) {
  const lists = [
    ["New", added],
    ["Gone", removed],
    ["Changed", changed],
  ] as const;
  if (lists.every(([, names]) => names.length === 0)) return null;
  return (
    <dl className="mx-4 mb-2 grid grid-cols-[auto_1fr] gap-x-3 rounded-md bg-blocked-soft px-2.5 py-1.5">
      {lists.map(([title, names]) =>
        names.length === 0 ? null : (
          <div key={title} className="contents">
            <dt className="text-ink-2">{title}</dt>
            <dd className="min-w-0 break-words">{names.join(", ")}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Group({
  title,
  icon,
  count,
  tasks,
}: {
  readonly title: string;
  readonly icon: IconName;
  readonly count: number;
  readonly tasks: readonly Planned[];
}) {
  const more = count - Math.min(MOST, tasks.length);
  return (
    <>
      <h3 className="sticky top-0 flex h-7 items-center gap-2 border-b border-line bg-sunken px-4 text-2xs font-medium text-ink-2">
        <Icon name={icon} size={12} /> {title} <span className="text-ink-3">{count}</span>
        <span className="ml-auto font-normal">Before</span>
      </h3>
      <ul>
        {tasks.slice(0, MOST).map((task) => (
          <li key={task.task} className="flex min-h-7 items-center gap-2 border-b border-line px-4 last:border-b-0">
            <span className="truncate">{task.task}</span>
            <span className="truncate text-2xs text-ink-2">{noteOf(task)}</span>
            <span className="ml-auto flex shrink-0 items-center gap-1.5 text-2xs text-ink-2">
              {task.before === null ? "new to this run" : <StateMark state={task.before} />}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="border-b border-line px-4 py-1 text-2xs text-ink-2">and {more} more</p> : null}
    </>
  );
}

function noteOf({ items, lacks, kind, does }: Planned): string {
  const notes: string[] = [];
  if (items !== null) {
    notes.push(`${items.run} of ${items.run + items.keep} items${items.mark === 0 ? "" : `, ${items.mark} marked`}`);
  } else if (kind === "map" && does === "run") notes.push("all items");
  if (lacks.length > 0) notes.push(`is given nothing for ${lacks.join(", ")}`);
  return notes.join(" · ");
}
