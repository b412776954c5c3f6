import type { RouteOutput } from "@millrace/contract";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Instant } from "../../ui/time.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";

type Row = RouteOutput<"listAudit">["items"][number];
type Filter = (part: { actor?: string; target?: string }) => void;

const LINK = "text-left break-all hover:text-accent hover:underline";

/** One row a change, the newest first. */
export function AuditRows({ rows, onFilter }: { readonly rows: readonly Row[]; readonly onFilter: Filter }) {
  const columns: readonly Column<Row>[] = [
    { name: "When", show: ({ at }) => <Instant at={at} /> },
    {
      name: "Who",
      show: ({ actor, from }) => (
        <>
          <button type="button" className={`${LINK} font-medium`} onClick={() => onFilter({ actor })}>
            {actor}
          </button>
          <p className="text-2xs break-all text-ink-2 max-sm:hidden">{from}</p>
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
        <button type="button" className={LINK} onClick={() => onFilter({ target })}>
          {target}
        </button>
      ),
    },
    { name: "Number", from: "md", isNumber: true, show: ({ seq }) => <span className="text-ink-2">{seq}</span> },
  ];
  return <DataTable label="Record of changes" columns={columns} rows={rows} idOf={({ seq }) => String(seq)} />;
}

/** Its name; what was before and after unfolds. */
function Change({ row: { seq, action, before, after } }: { readonly row: Row }) {
  const name = <span className="font-mono text-xs">{action}</span>;
  if (before === null && after === null) return name;
  return (
    <details>
      <summary>{name}</summary>
      <div className="mt-1 flex max-w-[min(36rem,60vw)] max-sm:max-w-40 flex-col gap-1.5 pb-1">
        {before === null ? null : <Side title="Before" value={before} label={`Before row ${seq}`} />}
        {after === null ? null : <Side title="Asked for" value={after} label={`Asked for in row ${seq}`} />}
      </div>
    </details>
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
