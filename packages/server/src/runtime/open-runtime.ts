import { existsSync } from "node:fs";
import {
  type AttemptId,
  type Executor,
  KEEP_EVERYTHING,
  MillraceError,
  type PoolConfig,
  type RunId,
  type Store,
  type VaultKind,
  type VersionId,
} from "@millrace/core";
import {
  createFileLogStore,
  createMark,
  createProcessExecutor,
  FileArtifacts,
  SensorHosts,
  type VersionPlace,
} from "@millrace/executors";
import { openStore } from "@millrace/store";
import { NO_EXECUTOR } from "../leadership/no-executor.ts";
import { Patience } from "../leadership/patience.ts";
import { Troubles } from "../leadership/troubles.ts";
import { openProject, prepareDataDir } from "../project/open-project.ts";
import type { Project, ProjectConfig } from "../project/project.ts";
import { AttemptTokens } from "../security/attempt-tokens.ts";
import { ProjectVault } from "../security/project-vault.ts";
import { projectFiles } from "../upkeep/project-files.ts";
import type { BuildResult } from "../versions/build-result.ts";
import { type BuildOptions, buildVersion } from "../versions/build-version.ts";
import { placeOf, readVersionConfig } from "../versions/version-folder.ts";
import { HostedDefinitions } from "./definitions.ts";
import { ProjectRuntime } from "./project-runtime.ts";
import type { Runtime, RuntimeOptions } from "./runtime.ts";
import { systemClock } from "./system-clock.ts";
import { userName } from "./user-name.ts";

/**
 * Opens a project for work: finds it, brings its version up to date, and leads it when nobody does. This is where store,
 * executor, definitions and engine meet; nothing else knows all of them.
 *
 * @throws `NO_PROJECT`, and the store's codes for a database that cannot be used.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const project = openProject(options.projectDir);
  prepareDataDir(project);
  const kind = options.kind ?? "command";
  const onNews = options.onNews ?? (() => undefined);
  // A file that cannot be used stays so until somebody does something, and the one who typed the command is there.
  const isEndless = kind === "server" || project.database.kind !== "sqlite";
  const troubles = new Troubles((error) => onNews({ kind: "trouble", error }));
  const patience = new Patience(isEndless, troubles);
  // Whoever only looks has nothing to do that a long read could hold up.
  const open = (): Promise<Store> => openStore(project.database, { readsHere: options.role === "reader" });
  // A server may be started together with its database, and before it. Whoever types a command wants to know at once.
  const store = await (kind === "server" ? patience.try(open) : open());
  // Every process that is started for the project carries it, so that none outlives this one.
  const mark = createMark(project.dir);
  const definitions = new HostedDefinitions({ project, store, mark });
  try {
    const runtime = await compose(options, project, { store, definitions, mark, patience, troubles, onNews });
    await runtime.start();
    return runtime;
  } catch (error) {
    await definitions.stop();
    await store.close();
    throw existsSync(project.configFile) ? error : projectIsGone(project, error);
  }
}

/** Nothing says what it means when the folder goes while it is read: programs do not start, files are not there. */
function projectIsGone({ dir }: Project, cause: unknown): MillraceError {
  return new MillraceError("NO_PROJECT", `The project ${dir} was removed while it was opened.`, {
    hint: "Put it back, or go to another project's folder.",
    cause,
  });
}

interface Opened {
  readonly store: Store;
  readonly definitions: HostedDefinitions;
  readonly mark: string;
  readonly patience: Patience;
  readonly troubles: Troubles;
  readonly onNews: NonNullable<RuntimeOptions["onNews"]>;
}

async function compose(options: RuntimeOptions, project: Project, opened: Opened): Promise<ProjectRuntime> {
  const { store, definitions, mark, patience, troubles, onNews } = opened;
  const build = options.versions === "stored" ? null : await bringUpToDate(project, opened);
  const config = build?.config ?? (await storedConfig(opened));
  const vault = new ProjectVault(store.vault, project);
  const vaultReads = new Map<string, number>();
  const readVault = (kind: VaultKind, name: string): Promise<string> => {
    vaultReads.set(`${kind} ${name}`, Date.now());
    return vault.read(kind, name);
  };
  const attemptTokens = new AttemptTokens(store, vault);
  const apiToken = (run: RunId, attempt: AttemptId): Promise<string> => attemptTokens.make(run, attempt);
  const logs = createFileLogStore({ dir: project.logsDir });
  const workers = options.workers ?? config?.workers ?? null;
  const isServer = options.kind === "server";
  const makeExecutor = (isTrusted: () => boolean): Executor => {
    if (workers === 0) return NO_EXECUTOR;
    return createProcessExecutor({
      projectDir: project.dir,
      resolveVersion: (version) => placeHere(definitions, version),
      logs,
      artifactsDir: project.artifactsDir,
      mark,
      isTrusted,
      readVault,
      apiToken,
      ...(workers === null ? {} : { workers }),
      ...(config?.resources === undefined ? {} : { resources: config.resources }),
    });
  };
  const { dir: projectDir, artifactsDir } = project;
  const resolveVersion = (version: VersionId): Promise<VersionPlace> => placeHere(definitions, version);
  const sensors = new SensorHosts({ projectDir, artifactsDir, resolveVersion, mark, readVault });
  return new ProjectRuntime({
    project,
    store,
    patience,
    troubles,
    onNews,
    logs,
    definitions,
    sensors,
    makeExecutor,
    labels: isServer ? (options.labels ?? {}) : null,
    // Most processes take no workers, and need not load what speaks to them.
    makeRemote: isServer
      ? (await import("../workers/make-remote.ts")).remoteMaker({ project, store, readVault, apiToken })
      : null,
    readVault,
    vaultReads,
    attemptTokens,
    kind: options.kind ?? "command",
    build,
    rebuild: () => bringUpToDate(project, opened, { onlyGood: true }),
    actor: options.actor ?? userName(),
    role: options.role ?? "auto",
    pools: config === null ? {} : poolsOf(config),
    upkeep: { retention: config?.retention ?? KEEP_EVERYTHING, files: projectFiles(project) },
    ports: {
      clock: systemClock,
      chance: Math.random,
      soon: setImmediate,
      store,
      definitions,
      sensors,
      artifacts: new FileArtifacts(project.artifactsDir),
    },
  });
}

function bringUpToDate(
  project: Project,
  { store, definitions, mark }: Opened,
  options: Pick<BuildOptions, "onlyGood"> = {},
): Promise<BuildResult> {
  const keepHost: BuildOptions["keepHost"] = (version, host) => definitions.adopt(version, host);
  return buildVersion(project, { store, mark, keepHost, ...options });
}

/** Where attempts find the modules of a version; it is put there from the store when it is not. */
async function placeHere(definitions: HostedDefinitions, version: VersionId): Promise<VersionPlace> {
  const [dir, manifest] = await Promise.all([definitions.folder(version), definitions.flows(version)]);
  return placeOf(dir, manifest);
}

/** What the active version says, for when the working folder was not looked at, or is broken. */
async function storedConfig({ store, definitions }: Opened): Promise<ProjectConfig | null> {
  const active = await store.activeVersion();
  return active === undefined ? null : await readVersionConfig(await definitions.folder(active));
}

/** Connections are pools too: tasks that use one hold a slot of it. */
function poolsOf({ pools, connections }: ProjectConfig): Record<string, number | PoolConfig> {
  const ofConnections = Object.entries(connections).map(([name, { slots }]) => {
    return [`connection:${name}`, slots ?? Number.MAX_SAFE_INTEGER] as const;
  });
  return { ...Object.fromEntries(ofConnections), ...pools };
}
