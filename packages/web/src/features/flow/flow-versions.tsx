import { Link } from "@tanstack/react-router";
import type { FlowVersion } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { formerOf, shortVersion } from "../code/versions.ts";
import { shortId } from "../runs/run-table.tsx";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell";
const SHOWN = 20;

/** The newest versions that changed the flow's code, with what changed and which runs used them. */
export function FlowVersions({ flow }: { readonly flow: string }) {
  const answer = useApi("listFlowVersions", { params: { flow }, query: { limit: 100 } });
  const all = answer.data?.items ?? [];
  const rows = all.filter(({ changed, isActive }) => changed || isActive).slice(0, SHOWN);
  return (
    <Panel
      title="Versions that changed it"
      aside={
        <Link to="/flows/$flow" params={{ flow }} search={{ tab: "code" }} className="text-accent hover:underline">
          Code
        </Link>
      }
    >
      <Answered of={answer} rows={2}>
        <div className="relative overflow-x-auto">
          <table className="w-full" aria-label="Versions">
            <thead>
              <tr className="border-b border-line">
                <th className={HEAD}>Version</th>
                <th className={HEAD}>Made</th>
                <th className={HEAD}>Runs</th>
                <th className={`${HEAD} max-sm:hidden`}>Newest run</th>
                <th className={HEAD}>
                  <span className="sr-only">What changed</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <VersionRow key={row.version} flow={flow} row={row} former={formerOf(all, row.version)?.version} />
              ))}
            </tbody>
          </table>
        </div>
      </Answered>
    </Panel>
  );
}

function VersionRow({
  flow,
  row: { version, createdAt, isActive, runs },
  former,
}: {
  readonly flow: string;
  readonly row: FlowVersion;
  /** The version before it with other code. */
  readonly former: string | undefined;
}) {
  return (
    <tr className="border-b border-line last:border-b-0">
      <td className={CELL}>
        <Link
          to="/flows/$flow"
          params={{ flow }}
          search={isActive ? { tab: "code" } : { tab: "code", version }}
          title={version}
          className="font-mono text-xs text-accent hover:underline"
        >
          {shortVersion(version)}
        </Link>
        {isActive ? <span className="ml-2 text-success">active</span> : null}
      </td>
      <td className={`${CELL} text-ink-2`}>
        <Instant at={createdAt} />
      </td>
      <td className={`${CELL} text-ink-2`}>{runs.count === 1_000 ? "1000 or more" : runs.count}</td>
      <td className={`${CELL} max-sm:hidden`}>
        {runs.newest === null ? (
          <span className="text-ink-3">–</span>
        ) : (
          <Link to="/runs/$run" params={{ run: runs.newest }} className="font-mono text-xs text-accent hover:underline">
            {shortId(runs.newest)}
          </Link>
        )}
      </td>
      <td className={`${CELL} text-right`}>
        {former === undefined ? null : (
          <Link
            to="/flows/$flow"
            params={{ flow }}
            search={{ tab: "code", version, against: former }}
            className="whitespace-nowrap text-accent hover:underline"
          >
            What changed
          </Link>
        )}
      </td>
    </tr>
  );
}
