import { join } from "node:path";
import {
  type AttemptId,
  type Leadership,
  MillraceError,
  type RunId,
  type ServerId,
  type Servers,
  type Store,
  type VaultKind,
  type VersionId,
} from "@millrace/core";
import { FileDesk, type RemoteWorkerNews, RemoteWorkers, type RemoteWorkerView } from "@millrace/executors/remote";
import type { Project } from "../project/project.ts";

/** What belongs to one term of leading. */
export interface RemoteTerm {
  readonly leadership: Leadership;
  /** Whether an attempt may be with another server. */
  readonly isElsewhere: (attempt: AttemptId) => boolean;
  /** This server. */
  readonly server: ServerId;
  readonly servers: Servers;
  readonly onNews: (news: { readonly kind: "worker" } & RemoteWorkerNews) => void;
}

export type MakeRemote = (term: RemoteTerm) => RemoteWorkers;

export interface RemoteParts {
  readonly project: Project;
  readonly store: Store;
  readonly readVault: (kind: VaultKind, name: string) => Promise<string>;
  readonly apiToken: (run: RunId, attempt: AttemptId) => Promise<string>;
}

/** Puts together what workers elsewhere connect to: this project's versions, artifacts, logs and secrets. */
export function remoteMaker({ project, store, readVault, apiToken }: RemoteParts): MakeRemote {
  return ({ leadership, isElsewhere, server, servers, onNews }) => {
    const desk = new FileDesk({
      artifactsDir: project.artifactsDir,
      readVault,
      apiToken,
      readVersion: async (version) => await filesOf(store, version),
    });
    return new RemoteWorkers({
      logPath: (run, attempt) => join(project.logsDir, run, `${attempt}.ndjson`),
      answer: (ask, payload, link) => desk.answer(ask, payload, link),
      closed: (link) => void desk.forget(link),
      isTrusted: () => leadership.isTrusted(),
      isElsewhere,
      // A worker that is not written down works all the same; the next leader does not wait for it.
      remember: (worker) => servers.keepWorker(rowOf(worker, server)).catch(() => undefined),
      forget: (worker) => void servers.removeWorker(worker).catch(() => undefined),
      onNews: (news) => onNews({ kind: "worker", ...news }),
    });
  };
}

type StoredVersion = NonNullable<Awaited<ReturnType<Store["findVersion"]>>>;

async function filesOf(store: Store, version: VersionId): Promise<StoredVersion["files"]> {
  const stored = await store.findVersion(version);
  if (stored !== undefined) return stored.files;
  throw new MillraceError("UNKNOWN_VERSION", `The version ${version.slice(0, 12)} is not in the store.`);
}

function rowOf(worker: RemoteWorkerView, server: ServerId): Parameters<Servers["keepWorker"]>[0] {
  const { id, name, host, pid, version, labels, slots } = worker;
  return { id, name, host, pid, version, labels, slots, server, connectedAtMs: worker.sinceMs };
}
