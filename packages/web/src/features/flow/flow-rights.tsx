import { matchesFlow, type Permission, ROLES, roleMay } from "@millrace/core";
import { useApi } from "../../api/use-api.ts";
import { Panel } from "../../ui/panel.tsx";

/** What people do with a flow, by what it takes. */
const ACTS: readonly (readonly [text: string, permission: Permission])[] = [
  ["See it, its runs and logs", "run.read"],
  ["Run it, and run again", "run.start"],
  ["Cancel runs", "run.cancel"],
  ["Pause its schedules", "trigger.pause"],
  ["Backfill it", "backfill.write"],
  ["Decide what it asks people", "approval.decide"],
];

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-top";

/** Who may do what with a flow: by role, oneself, and the people who have a role for it, where one may know them. */
export function FlowRights({ flow }: { readonly flow: string }) {
  const me = useApi("getMe").data;
  const mayReadUsers = (me?.permissions["user.read"] ?? []).includes("*") && me?.kind !== "local";
  const users = useApi("listUsers", {}, { enabled: mayReadUsers }).data?.items ?? [];
  if (me === undefined) return null;
  const allowed = (permission: Permission): boolean =>
    (me.permissions[permission] ?? []).some((pattern) => matchesFlow(pattern, flow));
  const having = (permission: Permission): string => {
    const names = users.filter(({ grants, disabledAt }) => {
      return (
        disabledAt === null && grants.some(({ role, flows }) => roleMay(role, permission) && matchesFlow(flows, flow))
      );
    });
    return names.map(({ name }) => name).join(", ") || "–";
  };
  return (
    <Panel title="Who may do what">
      {me.kind === "local" ? (
        <p className="border-b border-line px-3 py-2 text-ink-2">
          The project has no users: everybody who reaches this server may do everything.
        </p>
      ) : null}
      <div className="relative overflow-x-auto">
        <table className="w-full" aria-label="Who may do what">
          <thead>
            <tr className="border-b border-line">
              <th className={HEAD}>What</th>
              <th className={HEAD}>Least role</th>
              <th className={HEAD}>You</th>
              {mayReadUsers ? <th className={HEAD}>People</th> : null}
            </tr>
          </thead>
          <tbody>
            {ACTS.map(([text, permission]) => (
              <tr key={permission} className="border-b border-line last:border-b-0">
                <td className={CELL}>{text}</td>
                <td className={`${CELL} text-ink-2`}>{ROLES.find((role) => roleMay(role, permission))}</td>
                <td className={`${CELL} ${allowed(permission) ? "text-success" : "text-ink-2"}`}>
                  {allowed(permission) ? "may" : "may not"}
                </td>
                {mayReadUsers ? <td className={`${CELL} text-ink-2`}>{having(permission)}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
