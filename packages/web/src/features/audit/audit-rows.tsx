import type { RouteOutput } from "@millrace/contract";
import { Link } from "@tanstack/react-router";
import { IconButton } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Instant } from "../../ui/time.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { shortId } from "../runs/run-table.tsx";
import type { AuditSearch } from "./audit-query.ts";
import { actionText, type Linked, linkOfMade, linkOfTarget, originText } from "./audit-words.ts";

type Row = RouteOutput<"listAudit">["items"][number];
type Filter = (part: AuditSearch) => void;

const LINK = "text-left break-all hover:text-accent hover:underline";

/** One row a change, the newest first. */
export function AuditRows({ rows, onFilter }: { readonly rows: readonly Row[]; readonly onFilter: Filter }) {
  const columns: readonly Column<Row>[] = [
    { name: "When", show: ({ at }) => <Instant at={at} /> },
    {
      name: "Who",
      show: ({ actor, from }) => (
        <>
          <button
            type="button"
            className={`${LINK} font-medium`}
            onClick={() => onFilter({ actor, target: undefined })}
          >
            {actor}
          </button>
          <p className="text-2xs break-all text-ink-2 max-sm:hidden">{originText(from)}</p>
        </>
      ),
    },
    {
      name: "What",
      show: (row) => (
        <>
          <p className="sm:hidden">{row.target}</p>
          <Change row={row} />
        </>
      ),
    },
    {
      name: "To what",
      from: "sm",
      show: ({ target }) => (
        <span className="inline-flex items-center gap-1">
          <Target target={target} />
          <IconButton
            icon="search"
            label={`Show only what was done to ${target}`}
            onClick={() => onFilter({ target, actor: undefined })}
          />
        </span>
      ),
    },
    { name: "Number", from: "md", isNumber: true, show: ({ seq }) => <span className="text-ink-2">{seq}</span> },
  ];
  return <DataTable label="Record of changes" columns={columns} rows={rows} idOf={({ seq }) => String(seq)} />;
}

/** What was changed, and the way to it. */
function Target({ target }: { readonly target: string }) {
  const linked = linkOfTarget(target);
  if (linked === undefined) return <span className="break-all">{target}</span>;
  return (
    <>
      {linked.kind} <PageLink to={linked} />
    </>
  );
}

function PageLink({ to: { kind, name } }: { readonly to: Linked }) {
  const look = "text-accent hover:underline";
  if (kind === "flow") {
    return (
      <Link to="/flows/$flow" params={{ flow: name }} className={look}>
        {name}
      </Link>
    );
  }
  const text = <span className="font-mono text-xs">{shortId(name)}</span>;
  if (kind === "run") {
    return (
      <Link to="/runs/$run" params={{ run: name }} title={name} className={look}>
        {text}
      </Link>
    );
  }
  return (
    <Link to="/backfills/$backfill" params={{ backfill: name }} title={name} className={look}>
      {text}
    </Link>
  );
}

/** What was done, and the way to what was made; what was asked for, and what was before, unfolds. */
function Change({ row }: { readonly row: Row }) {
  const made = linkOfMade(row.after);
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      <Details row={row} />
      {made === undefined ? null : <PageLink to={made} />}
    </div>
  );
}

function Details({ row: { seq, action, before, after } }: { readonly row: Row }) {
  const name = <span title={action}>{actionText(action)}</span>;
  if (before === null && after === null) return name;
  return (
    <details>
      <summary>{name}</summary>
      <div className="mt-1 flex max-w-[min(36rem,60vw)] max-sm:max-w-40 flex-col gap-1.5 pb-1">
        {isRecord(before) && isRecord(after) ? (
          <Diff before={before} after={after} />
        ) : (
          <>
            {before === null ? null : <Side title="Before" value={before} label={`Before row ${seq}`} />}
            {after === null ? null : <Side title="Asked for" value={after} label={`Asked for in row ${seq}`} />}
          </>
        )}
      </div>
    </details>
  );
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Field by field, what changed first. */
function Diff({ before, after }: { readonly before: Fields; readonly after: Fields }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const lines = names.map((name) => {
    const [was, is] = [before, after].map((side) => (name in side ? JSON.stringify(side[name]) : undefined));
    return { name, was, is, isChanged: was !== is && is !== undefined };
  });
  return (
    <dl className="overflow-x-auto rounded-md bg-sunken p-2.5 font-mono text-xs">
      {lines
        .toSorted((a, b) => Number(b.isChanged) - Number(a.isChanged))
        .map(({ name, was, is, isChanged }) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="text-ink-2">{name}</dt>
            <dd className="min-w-0 break-all">
              {isChanged && was !== undefined ? (
                <>
                  <del className="text-failed">{was}</del> <span aria-hidden="true">→</span>{" "}
                </>
              ) : null}
              {isChanged ? <ins className="text-success no-underline">{is}</ins> : (is ?? was)}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function Side({ title, value, label }: { readonly title: string; readonly value: unknown; readonly label: string }) {
  return (
    <div>
      <p className="text-2xs text-ink-2">{title}</p>
      <CodeBlock text={JSON.stringify(value, null, 2)} label={label} />
    </div>
  );
}
