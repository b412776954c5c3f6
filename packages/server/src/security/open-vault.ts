import { existsSync } from "node:fs";
import {
  channelSecrets,
  type FlowSpec,
  type Store,
  type StoredVersion,
  type TaskNodeSpec,
  type VersionId,
} from "@millrace/core";
import { openStore } from "@millrace/store";
import { prepareDataDir } from "../project/open-project.ts";
import type { Project, ProjectConfig } from "../project/project.ts";
import type { BuildResult } from "../versions/build-result.ts";
import { findingAt } from "../versions/diagnose.ts";
import type { Diagnostic } from "../versions/diagnostic.ts";
import { CONFIG_FILE } from "../versions/version-folder.ts";
import { type AuditRecord, commandOrigin, ProjectAudit } from "./audit/project-audit.ts";
import { ProjectVault } from "./project-vault.ts";

/** The vault of a project, for a command that reads or changes it. */
export interface OpenVault {
  readonly vault: ProjectVault;
  /** Writes down what was done. */
  readonly record: (act: Omit<AuditRecord, "from">) => Promise<void>;
  /** By secret, the flows of the active version that are known to read it. */
  uses(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Opens the vault of a project and closes it whatever happens. Nobody has to lead for that. */
export async function withVault<Result>(project: Project, work: (open: OpenVault) => Promise<Result>): Promise<Result> {
  prepareDataDir(project);
  const store = await openStore(project.database);
  try {
    const audit = new ProjectAudit(store.audit);
    return await work({
      vault: new ProjectVault(store.vault, project),
      record: (act) => audit.record({ ...act, from: commandOrigin() }),
      uses: () => usesOf(store),
    });
  } finally {
    await store.close();
  }
}

async function usesOf(store: Store): Promise<ReadonlyMap<string, readonly string[]>> {
  const version = await findActive(store);
  if (version === undefined) return new Map();
  const config = configOf(version);
  const uses = new Map<string, string[]>();
  for (const { spec } of version.manifest.flows) {
    for (const name of secretsOf(spec, config)) uses.set(name, [...(uses.get(name) ?? []), spec.name]);
  }
  return uses;
}

/** What the version that was looked at last says: a version never changes, and it comes with all of its files. */
const LAST = new WeakMap<Store, { readonly version: VersionId; readonly config: ProjectConfig | null }>();

/** What the active version says of the project, or null where there is none. Runs none of its code. */
export async function readStoredConfig(store: Store): Promise<ProjectConfig | null> {
  const active = await store.activeVersion();
  if (active === undefined) return null;
  const last = LAST.get(store);
  if (last?.version === active) return last.config;
  const version = await store.findVersion(active);
  const config = version === undefined ? null : configOf(version);
  LAST.set(store, { version: active, config });
  return config;
}

async function findActive(store: Store): Promise<StoredVersion | undefined> {
  const active = await store.activeVersion();
  return active === undefined ? undefined : await store.findVersion(active);
}

function configOf({ files }: StoredVersion): ProjectConfig | null {
  const file = files.find(({ path }) => path === CONFIG_FILE);
  return file === undefined ? null : (JSON.parse(Buffer.from(file.content).toString("utf8")) as ProjectConfig);
}

/** What needs a secret: a flow, by itself or through a connection, or an alert rule. */
export interface SecretUse {
  readonly kind: "flow" | "alert";
  readonly name: string;
  readonly through: string | null;
  /** Of a flow: which of its tasks. None where its version is older than that was known. */
  readonly tasks: readonly string[];
}

/** The tasks of a flow of which something is so. */
export function tasksThat({ nodes }: FlowSpec, holds: (node: TaskNodeSpec) => boolean | undefined): readonly string[] {
  return nodes.flatMap((node) => (node.kind === "task" && holds(node) === true ? [node.id] : []));
}

/** By secret, what is known to need it. */
export function secretUses(
  flows: readonly FlowSpec[],
  config: ProjectConfig | null,
): ReadonlyMap<string, readonly SecretUse[]> {
  const uses = new Map<string, SecretUse[]>();
  const add = (secret: string, use: SecretUse): void => void uses.set(secret, [...(uses.get(secret) ?? []), use]);
  for (const flow of flows) {
    const { name, secrets = [], connections } = flow;
    for (const secret of secrets) {
      const tasks = tasksThat(flow, (node) => node.secrets?.includes(secret));
      add(secret, { kind: "flow", name, through: null, tasks });
    }
    for (const through of connections) {
      const tasks = tasksThat(flow, (node) => node.connections?.includes(through));
      for (const secret of config?.connections[through]?.secrets ?? []) {
        add(secret, { kind: "flow", name, through, tasks });
      }
    }
  }
  for (const { name, channels } of config?.alerts ?? []) {
    for (const secret of channels.flatMap(channelSecrets))
      add(secret, { kind: "alert", name, through: null, tasks: [] });
  }
  return uses;
}

/** Those of its tasks, and those of the connections that they use. */
function secretsOf(spec: FlowSpec, config: ProjectConfig | null): string[] {
  const ofConnections = spec.connections.flatMap((name) => config?.connections[name]?.secrets ?? []);
  return [...new Set([...(spec.secrets ?? []), ...ofConnections])];
}

/**
 * Warnings for the secrets that flows and alert rules are known to read and nobody has set. Looks into the database only when there is
 * something to look for, and makes none.
 */
export async function missingSecrets(
  project: Project,
  { flows, config }: Pick<BuildResult, "flows" | "config">,
): Promise<readonly Diagnostic[]> {
  const wanted = [
    ...flows.flatMap(({ spec }) =>
      secretsOf(spec, config).map((name) => ({ name, who: `flow ${spec.name}`, place: spec.place })),
    ),
    ...(config?.alerts ?? []).flatMap((rule) =>
      rule.channels.flatMap(channelSecrets).map((name) => ({ name, who: `alert rule ${rule.name}`, place: null })),
    ),
  ];
  const { database } = project;
  if (wanted.length === 0) return [];
  const isEmpty = database.kind === "sqlite" && !existsSync(database.path);
  const entries = isEmpty ? [] : await withVault(project, ({ vault }) => vault.list("secret"));
  const known = new Set(entries.map(({ name }) => name));
  return wanted
    .filter(({ name }) => !known.has(name))
    .map(({ who, name, place }) =>
      findingAt(project.dir, place, {
        severity: "warning",
        code: "MISSING_SECRET",
        message: `The ${who} reads the secret "${name}", which nobody has set.`,
        hint: `Set it with \`millrace secret set ${name}\`.`,
      }),
    );
}
