import { Link } from "@tanstack/react-router";
import type { Report, Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TONE_TEXT, type Tone } from "../../ui/states.ts";
import { Instant } from "../../ui/time.tsx";
import { type ReportParts, reportParts, type Shown } from "./report-parts.ts";
import { TaskLink } from "./task-link.tsx";

/** So many reports of a run are read: who needs more asks the API. */
const FIRST_REPORTS = 1_000;
/** Rows of a table that are shown: what has more is output rather than a report. */
const MOST_ROWS = 50;

const OUTCOMES: Readonly<
  Record<NonNullable<ReportParts["outcome"]>, { readonly text: string; readonly icon: IconName; readonly tone: Tone }>
> = {
  passed: { text: "Passed", icon: "check", tone: "success" },
  warned: { text: "Did not pass: a warning", icon: "blocked", tone: "blocked" },
  failed: { text: "Did not pass", icon: "cross", tone: "failed" },
};

/** What tasks of a run reported about data, or one of them did. Most report nothing: then it is not there. */
export function ReportsPanel({
  run,
  task,
  className = "",
}: {
  readonly run: Run;
  readonly task?: string;
  readonly className?: string;
}) {
  const { data } = useApi("listReports", { params: { run: run.id }, query: { limit: FIRST_REPORTS } });
  const reports = (data?.items ?? []).filter((report) => task === undefined || report.task === task);
  const isCut = data !== undefined && data.next !== null;
  if (reports.length === 0 && !isCut) return null;
  return (
    <Panel
      title="Reports"
      className={`shrink-0 ${className}`}
      aside={<span className="text-2xs text-ink-3">{reports.length}</span>}
    >
      <ul>
        {reports.map((report, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report is never changed or taken away
          <Line key={place} run={run} report={report} isNamed={task === undefined} />
        ))}
      </ul>
      {isCut ? (
        <p className="px-3 py-2 text-2xs text-ink-2">
          {task === undefined
            ? `The first ${FIRST_REPORTS.toLocaleString("en")} reports are shown.`
            : `Of the run's first ${FIRST_REPORTS.toLocaleString("en")} reports, those of this task are shown.`}
        </p>
      ) : null}
    </Panel>
  );
}

function Line({
  run,
  report: { task, attempt, at, data },
  isNamed,
}: {
  readonly run: Run;
  readonly report: Report;
  /** Whether it says whose report it is. */
  readonly isNamed: boolean;
}) {
  const { name, what, outcome, values } = reportParts(data);
  return (
    <li className="grid grid-cols-[minmax(8rem,14rem)_1fr] gap-x-4 gap-y-1 border-b border-line px-3 py-2 last:border-b-0 max-sm:grid-cols-1">
      <div className="min-w-0">
        {name === "" ? null : <p className="font-mono text-xs font-medium break-words">{name}</p>}
        {outcome === null ? null : <Outcome of={outcome} />}
        <p className="text-2xs break-words text-ink-2">{what}</p>
        {isNamed ? (
          <p className="truncate">
            <TaskLink run={run.id} task={task} />
          </p>
        ) : null}
        <p className="text-2xs text-ink-2">
          <Link
            to="/runs/$run/tasks/$task"
            params={{ run: run.id, task }}
            search={{ attempt }}
            title="To the log of the attempt that reported it"
            className="hover:text-accent"
          >
            <Instant at={at} />
          </Link>
        </p>
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        {values.map(({ name: own, shown }) => (
          <div
            key={own}
            className={own === "" ? "min-w-0" : "grid grid-cols-[minmax(5rem,10rem)_1fr] items-baseline gap-x-4"}
          >
            {own === "" ? null : <p className="text-2xs break-words text-ink-2">{own}</p>}
            <div className="min-w-0">
              <Value shown={shown} label={own === "" ? "Report" : own} />
            </div>
          </div>
        ))}
      </div>
    </li>
  );
}

function Outcome({ of }: { readonly of: NonNullable<ReportParts["outcome"]> }) {
  const { text, icon, tone } = OUTCOMES[of];
  return (
    <p className={`flex items-center gap-1.5 font-medium ${TONE_TEXT[tone]}`}>
      <Icon name={icon} size={14} />
      {text}
    </p>
  );
}

function Value({ shown, label }: { readonly shown: Shown; readonly label: string }) {
  if (shown.kind === "instant") return <Instant at={shown.at} />;
  if (shown.kind === "text") return <p className="whitespace-pre-wrap break-words">{shown.text}</p>;
  return shown.kind === "json" ? (
    <JsonView value={shown.value} label={label} />
  ) : (
    <ValueTable shown={shown} label={label} />
  );
}

function ValueTable({
  shown: { columns, rows },
  label,
}: {
  readonly shown: Extract<Shown, { kind: "table" }>;
  readonly label: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section aria-label={label} tabIndex={0} className="w-fit max-w-full overflow-x-auto rounded-md bg-sunken">
      <table className="border-collapse font-mono text-xs">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} className="px-2.5 py-1 text-left font-medium whitespace-nowrap text-ink-2">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one value do not move
            <tr key={place} className="border-t border-line">
              {columns.map((name) => (
                <td
                  key={name}
                  className={`max-w-80 truncate px-2.5 py-1 ${typeof row[name] === "number" ? "text-right" : ""}`}
                >
                  {cellText(row[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS ? (
        <p className="px-2.5 py-1 text-2xs text-ink-2">{(rows.length - MOST_ROWS).toLocaleString("en")} more rows</p>
      ) : null}
    </section>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
