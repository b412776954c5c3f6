import { Dialog } from "@base-ui/react/dialog";
import { matchesFlow, PERMISSIONS, type Permission, permissionsOf, roleMay, rolesWith } from "@millrace/core";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { INPUT } from "../manage/field.tsx";
import { type Given, GrantsText } from "./grants.tsx";

/** What each permission lets one do, in words. */
const MEANS: Readonly<Record<Permission, string>> = {
  "account.own": "change their own password, sessions and tokens",
  "project.read": "see the project and its servers",
  "flow.read": "see flows and their code",
  "run.read": "see runs and what they gave",
  "log.read": "read logs",
  "trigger.read": "see schedules and triggers",
  "backfill.read": "see backfills",
  "pool.read": "see pools",
  "alert.read": "see alerts",
  "variable.read": "read variables",
  "connection.read": "see connections",
  "version.read": "see versions and their files",
  "metrics.read": "read the figures for machines",
  "run.start": "start runs and repeat them",
  "run.cancel": "cancel runs",
  "run.mark": "mark tasks, and clear them",
  "trigger.pause": "pause and resume schedules and triggers",
  "trigger.fire": "give triggers events, and try them",
  "backfill.write": "begin backfills, pause, cancel and retry them",
  "approval.decide": "approve and reject",
  "partition.write": "add and remove keys of partitions",
  "pool.write": "change sizes of pools",
  "variable.write": "set variables",
  "secret.read": "see names of secrets",
  "secret.write": "set secrets",
  "alert.write": "test alerts and send them again",
  "history.prune": "forget old runs",
  "audit.read": "read the audit",
  "user.read": "see users",
  "user.write": "decide who may what",
};

/** What somebody may do, all roles together: of all flows, or of one. */
export function RightsDialog({
  name,
  grants,
  isOut,
  onClose,
}: {
  readonly name: string;
  readonly grants: readonly Given[];
  readonly isOut: boolean;
  readonly onClose: () => void;
}) {
  const [flow, setFlow] = useState("");
  const flows = useApi("listFlows").data?.items ?? [];
  const count = new Set(grants.flatMap(({ role }) => permissionsOf(role))).size;
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title>What may {name} do?</Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2.5">
            <GrantsText grants={grants} />
            <p className={isOut ? "text-blocked" : "text-ink-2"}>
              {isOut ? "disabled: nothing, until they are enabled" : `${count} of ${PERMISSIONS.length} permissions`}
            </p>
            <label className="ml-auto flex items-center gap-2">
              <span className="text-ink-2">For</span>
              <select value={flow} onChange={({ target }) => setFlow(target.value)} className={`${INPUT} w-48!`}>
                <option value="">all flows</option>
                {flows.map((each) => (
                  <option key={each.name}>{each.name}</option>
                ))}
              </select>
            </label>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <section aria-label="Permissions" tabIndex={0} className="min-h-0 overflow-y-auto">
            <table className="w-full" aria-label={`What ${name} may do`}>
              <tbody>
                {PERMISSIONS.map((permission) => (
                  <Right key={permission} permission={permission} grants={isOut ? [] : grants} flow={flow} />
                ))}
              </tbody>
            </table>
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Right({
  permission,
  grants,
  flow,
}: {
  readonly permission: Permission;
  readonly grants: readonly Given[];
  readonly flow: string;
}) {
  const patterns = [...new Set(grants.filter(({ role }) => roleMay(role, permission)).map(({ flows }) => flows))];
  const may = flow === "" ? patterns.length > 0 : patterns.some((pattern) => matchesFlow(pattern, flow));
  return (
    <tr className="border-b border-line last:border-b-0">
      <td className="py-1.5 pl-4 align-top">
        <span className={`flex ${may ? "text-success" : "text-ink-3"}`}>
          <Icon name={may ? "check" : "cross"} size={14} className="mt-0.75" />
          <span className="sr-only">{may ? "may" : "may not"}</span>
        </span>
      </td>
      <td className="px-3 py-1.5 align-top">
        <p className={may ? "" : "text-ink-2"}>{MEANS[permission]}</p>
        <p className="font-mono text-2xs text-ink-2">{permission}</p>
      </td>
      <td className="py-1.5 pr-4 text-right align-top text-ink-2">
        {may
          ? patterns.includes("*")
            ? "everything"
            : patterns.join(", ")
          : `takes ${rolesWith(permission)[0] ?? "admin"}`}
      </td>
    </tr>
  );
}
