import type { RouteOutput } from "@millrace/contract";
import { useApi } from "../../api/use-api.ts";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { Readable } from "../manage/refusal.tsx";
import { Uses } from "./uses.tsx";

type Connection = RouteOutput<"listConnections">["items"][number];

const COLUMNS: readonly Column<Connection>[] = [
  { name: "Name", show: ({ name }) => <span className="font-mono text-xs font-medium">{name}</span> },
  { name: "Kind", show: ({ kind }) => <span className="text-ink-2">{kind}</span> },
  {
    name: "Used by",
    show: ({ usedBy }) => (
      <Uses uses={usedBy.map(({ flow, tasks }) => ({ kind: "flow" as const, name: flow, through: null, tasks }))} />
    ),
  },
  {
    name: "Secrets",
    from: "sm",
    show: ({ secrets }) =>
      secrets.length === 0 ? (
        <span className="text-ink-3">none</span>
      ) : (
        <span className="font-mono text-xs">{secrets.join(", ")}</span>
      ),
  },
  {
    name: "At once",
    isNumber: true,
    show: ({ slots }) => slots ?? <span className="whitespace-nowrap">any number</span>,
  },
];

/** Connections are code: they are shown here, and changed there. */
export function Connections() {
  return (
    <Panel title="Connections">
      <Readable permission="connection.read">
        <ConnectionTable />
      </Readable>
    </Panel>
  );
}

function ConnectionTable() {
  const answer = useApi("listConnections");
  const connections = answer.data?.items ?? [];
  return (
    <Answered of={answer} rows={2}>
      {connections.length === 0 ? (
        <Empty icon="plug" title="No connections">
          They are written in <code className="font-mono">millrace.config.ts</code>.
        </Empty>
      ) : (
        <DataTable label="Connections" columns={COLUMNS} rows={connections} idOf={({ name }) => name} />
      )}
    </Answered>
  );
}
