import type { RouteOutput } from "@millrace/contract";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";

type Worker = RouteOutput<"listWorkers">["items"][number];

const COLUMNS: readonly Column<Worker>[] = [
  {
    name: "Worker",
    show: ({ name, host, pid }) => (
      <>
        <p className="font-medium break-all">{name}</p>
        <p className="text-2xs break-all text-ink-2">
          {host}, process {pid}
        </p>
      </>
    ),
  },
  {
    name: "Labels",
    from: "sm",
    show: ({ labels }) =>
      Object.entries(labels)
        .map(([label, value]) => `${label}=${value}`)
        .join(", ") || <span className="text-ink-3">none</span>,
  },
  { name: "Version", from: "md", show: ({ version }) => version },
  { name: "Connected", from: "sm", show: ({ connectedAt }) => <Instant at={connectedAt} relative /> },
  { name: "Slots", isNumber: true, show: ({ slots }) => (slots === 0 ? "leaving" : slots) },
];

/** Workers in processes of their own, elsewhere. */
export function Workers() {
  const answer = useApi("listWorkers");
  const workers = answer.data?.items ?? [];
  return (
    <Panel title="Workers elsewhere">
      <Answered of={answer} rows={2}>
        {workers.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">
            None is connected: servers run attempts themselves. <code className="font-mono">millrace worker</code>{" "}
            starts one on another machine, with a token for workers.
          </p>
        ) : (
          <DataTable label="Workers elsewhere" columns={COLUMNS} rows={workers} idOf={({ id }) => id} />
        )}
      </Answered>
    </Panel>
  );
}
