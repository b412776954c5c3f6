import type { RouteOutput } from "@millrace/contract";
import { useApi } from "../../api/use-api.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { RunsNow } from "./runs-now.tsx";

type Server = RouteOutput<"listServers">["items"][number];

const ROLES: Readonly<
  Record<Server["role"], { readonly text: string; readonly icon: IconName; readonly look: string }>
> = {
  leading: { text: "Leads", icon: "check", look: "text-success" },
  standing_by: { text: "Stands by", icon: "clock", look: "text-ink-2" },
  handing_over: { text: "Hands over", icon: "skip", look: "text-blocked" },
};

const COLUMNS: readonly Column<Server>[] = [
  {
    name: "State",
    show: ({ role, isThere }) => {
      const { text, icon, look } = isThere
        ? ROLES[role]
        : { text: "Gone", icon: "cross" as const, look: "text-failed" };
      return (
        <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${look}`}>
          <Icon name={icon} size={14} /> {text}
        </span>
      );
    },
  },
  {
    name: "Process",
    show: ({ kind, host, pid }) => (
      <>
        {kind} on <span className="break-all">{host}</span>, <span className="whitespace-nowrap">process {pid}</span>
      </>
    ),
  },
  { name: "Runs now", from: "sm", show: ({ running }) => <RunsNow running={running} /> },
  { name: "Started", from: "sm", show: ({ startedAt }) => <Instant at={startedAt} relative /> },
  // One that is there and has nothing to do may give no sign for minutes: its silence says something only once it is gone.
  { name: "Silent for", isNumber: true, show: ({ isThere, silentMs }) => (isThere ? "–" : durationText(silentMs)) },
];

/** The processes that lead the project, or may. */
export function Servers() {
  const answer = useApi("listServers");
  const servers = answer.data?.items ?? [];
  return (
    <Panel title="Servers">
      <Answered of={answer}>
        {servers.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">None is there. Nothing runs until one is started.</p>
        ) : (
          <DataTable label="Servers" columns={COLUMNS} rows={servers} idOf={({ id }) => id} />
        )}
      </Answered>
    </Panel>
  );
}
