import { type CurrentLeader, formatDuration, type KnownServer, labelsText, type WorkerRow } from "@millrace/core";
import type { ServerOverview } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import { clockText, isoInstant } from "../output/time-text.ts";

/** A process as people find it: `mill-1 (pid 4711)`. Ids are `host/pid/chance`. */
export function holderText(holder: string): string {
  const [host, pid] = holder.split("/");
  return pid === undefined ? holder : `${host} (pid ${pid})`;
}

/** `mill-1 (pid 4711) leads since 12:00:01, epoch 7, lease for 2.1s`. */
export function leaderText(leader: CurrentLeader | null): string {
  if (leader === null) return "nobody leads this project now";
  const lease = leader.leftMs === null ? "" : `, lease for another ${formatDuration(Math.max(0, leader.leftMs))}`;
  return `${holderText(leader.holder)} leads since ${clockText(leader.sinceMs)}, epoch ${leader.epoch}${lease}`;
}

/** `mill-2 (pid 12) stands by`. */
export function serverText({ id, kind, role, held }: KnownServer): string {
  const what = kind === "command" ? " (a command)" : "";
  const attempts = held === null || held.length === 0 ? "" : `, with ${countText(held.length, "attempt")}`;
  return `${holderText(id)}${what} ${ROLES[role]}${attempts}`;
}

const ROLES: Readonly<Record<KnownServer["role"], string>> = {
  leading: "leads",
  standing_by: "stands by",
  handing_over: "is leaving",
};

type WorkerShown = Pick<WorkerRow, "name" | "pid" | "slots" | "labels">;

/** `gpu-1 (pid 33) joined, 4 at once, gpu=a100`. */
export function workerText(worker: WorkerShown, change: string): string {
  const { name, pid, slots, labels } = worker;
  const has = Object.keys(labels).length === 0 ? "" : `, ${labelsText(labels)}`;
  return `${name} (pid ${pid}) ${change}, ${slots === 0 ? "takes nothing new" : `${slots} at once`}${has}`;
}

export function leaderRecord(leader: CurrentLeader | null): Readonly<Record<string, unknown>> | null {
  if (leader === null) return null;
  const { epoch, holder, sinceMs, leftMs } = leader;
  return { id: holder, epoch, since: isoInstant(sinceMs), leftMs };
}

export function serverRecord(server: ServerOverview["servers"][number]): Readonly<Record<string, unknown>> {
  const { id, kind, host, pid, role, startedAtMs, silentMs, isThere, held } = server;
  const attempts = held?.length ?? null;
  return { id, kind, host, pid, role, since: isoInstant(startedAtMs), silentMs, isThere, attempts };
}
