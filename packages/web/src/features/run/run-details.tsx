import type { Run } from "../../api/shapes.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Fact, Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { CodeLink } from "../code/code-link.tsx";
import { coverText, triggerText } from "../runs/run-text.ts";
import { ReportsPanel } from "../task-run/reports-panel.tsx";

/** All that a run was asked for with. */
export function RunDetails({ run }: { readonly run: Run }) {
  const params = JSON.stringify(run.params, undefined, 2);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Panel title="Run" aside={<CopyButton text={run.id} label="Copy the run's id" />}>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-3">
          <Fact name="Id">
            <span className="font-mono text-xs">{run.id}</span>
          </Fact>
          <Fact name="Version">
            <CodeLink run={run} />
          </Fact>
          <Fact name="Started by">{triggerText(run)}</Fact>
          <Fact name="Covers">{coverText(run) ?? "–"}</Fact>
          <Fact name="Created">
            <Instant at={run.createdAt} />
          </Fact>
          <Fact name="Started">
            <Instant at={run.startedAt} />
          </Fact>
          <Fact name="Ended">
            <Instant at={run.endedAt} />
          </Fact>
          <Fact name="Kind">{run.class === "live" ? "live" : "backfill: after live runs"}</Fact>
          {run.selection === null ? null : <Fact name="Only these tasks">{run.selection.join(", ")}</Fact>}
        </dl>
      </Panel>
      <Panel title="Parameters" aside={<CopyButton text={params} label="Copy the parameters" />}>
        <div className="p-3">
          <CodeBlock text={params} label="Parameters" />
        </div>
      </Panel>
      <ReportsPanel run={run} className="lg:col-span-2" />
    </div>
  );
}
