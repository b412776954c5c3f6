import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CommandId, SavedSource, Store, StoredVersion, VersionFile, VersionFlow, VersionId } from "@millrace/core";
import { DefinitionHost } from "@millrace/executors";
import { DEFAULT_FLOWS, globRoots, listFlowFiles } from "../project/flow-files.ts";
import { prepareDataDir } from "../project/open-project.ts";
import type { Project, ProjectConfig } from "../project/project.ts";
import { userName } from "../runtime/user-name.ts";
import { commandOrigin, ProjectAudit } from "../security/audit/project-audit.ts";
import type { BuildResult } from "./build-result.ts";
import { type Bundle, type BundleEntry, bundleProject, type FailedEntry, stopBundler } from "./bundling/bundle.ts";
import { unfitScheduleParams } from "./check-schedule-params.ts";
import { contentAddress, FileHashes } from "./code-hash.ts";
import { collectSources } from "./collect-sources.ts";
import { buildErrors, loadError, relativeTo } from "./diagnose.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { foldersBelow, isBeingSaved, settingsFiles, takeFingerprint } from "./fingerprint.ts";
import { rememberBuild, unchangedBuild } from "./last-build.ts";
import { type LoadedFlows, readFlows, type UsableFlow } from "./load-flows.ts";
import { definitionFiles, namedFiles, readNamedFiles } from "./named-files.ts";
import {
  CONFIG_ENTRY,
  CONFIG_FILE,
  MANIFEST_FILE,
  nameFolder,
  removeDeadStaging,
  stagingFolder,
  writeFiles,
} from "./version-folder.ts";

export interface BuildOptions {
  /** Where the version is kept and made the active one. Without it the version is only on disk. Defaults to none. */
  readonly store?: Store;
  /** How long one module may take to be loaded, in milliseconds. Defaults to 10 s. */
  readonly importLimitMs?: number;
  /** The mark of the executor that the process belongs to which loads them. Defaults to one of its own. */
  readonly mark?: string;
  /** What users' modules print while they are loaded. Defaults to dropping it. */
  readonly onOutput?: (text: string) => void;
  /** Keeps nothing, and gives no version, when a flow file has errors. Defaults to keeping what is usable. */
  readonly onlyGood?: boolean;
  /** Gets the process that has loaded the version's modules, to ask it more; otherwise it is ended. Defaults to none. */
  readonly keepHost?: (version: VersionId, host: DefinitionHost) => void;
}

/**
 * Brings a project's version up to date with its working folder: bundles it, loads the flows in a process of their own,
 * checks them, and keeps the outcome under its content's address. When nothing has changed since the last build, its
 * result is taken. Flow files with errors are left out, with a diagnostic each; the others stay usable.
 */
export async function buildVersion(project: Project, options: BuildOptions = {}): Promise<BuildResult> {
  const last = await unchangedBuild(project);
  if (last !== undefined && (await isKept(last, options.store))) return last;
  prepareDataDir(project);
  await removeDeadStaging(project);
  try {
    // A file that is being saved may be read half: what seems broken and was changed meanwhile is built once more.
    const built = await buildOnce(project, options, false);
    if (built !== undefined) return built;
    await delay(SAVING_MS);
    return (await buildOnce(project, options, true)) as BuildResult;
  } finally {
    await stopBundler();
  }
}

/** @returns undefined, unless it is the last try, when there are errors that may come from files being saved. */
async function buildOnce(project: Project, options: BuildOptions, isLast: boolean): Promise<BuildResult | undefined> {
  const host = new DefinitionHost({
    projectDir: project.dir,
    artifactsDir: project.artifactsDir,
    ...(options.importLimitMs === undefined ? {} : { limitMs: options.importLimitMs }),
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
    ...(options.mark === undefined ? {} : { mark: options.mark }),
  });
  const build = new Build(project, options, host);
  try {
    // The process starts while the bundler works.
    host.warm();
    return await build.run(isLast);
  } finally {
    await Promise.all([build.keptHost ? undefined : host.stop(), build.clear()]);
  }
}

/** A file that was just emptied has no flow, which is but a warning; and half of a file does not hang. */
function isOfHalfAFile({ severity, code }: Diagnostic): boolean {
  return code === "NO_FLOW_IN_FILE" || (severity === "error" && code !== "IMPORT_TIMEOUT");
}

/** Whether the store has the version, which then is made the active one. */
async function isKept({ version }: BuildResult, store: Store | undefined): Promise<boolean> {
  if (store === undefined || version === null) return true;
  if ((await store.activeVersion()) === version) return true;
  if ((await store.findVersion(version)) === undefined) return false;
  await activate(store, version);
  return true;
}

/** Makes a version the active one. Whoever leads makes the runs of its schedules from now on. */
async function activate(store: Store, version: VersionId): Promise<void> {
  const former = await store.activeVersion();
  await store.activateVersion(version, Date.now());
  if (former !== version) {
    const act = { actor: userName(), action: "activateVersion", target: "project", from: commandOrigin() };
    await new ProjectAudit(store.audit).record({ ...act, before: former ?? null, after: version });
  }
  // A leader that begins looks by itself.
  if (former === version || (await store.findLeader()) === undefined) return;
  const id = randomUUID() as CommandId;
  await store.insertCommand({ id, actor: userName(), createdAtMs: Date.now(), command: { kind: "sync_triggers" } });
}

interface Staged {
  readonly folder: string;
  readonly bundle: Bundle;
  readonly config: ProjectConfig;
  /** Flow files that were bundled, and those that could not be. */
  readonly entries: readonly BundleEntry[];
  readonly failed: readonly FailedEntry[];
}

type Stage = { readonly staged: Staged } | { readonly diagnostics: readonly Diagnostic[] };

/** Editors write a file in one go: it is whole soon after, in milliseconds. */
const SAVING_MS = 40;

class Build {
  keptHost = false;
  readonly #project: Project;
  readonly #options: BuildOptions;
  readonly #host: DefinitionHost;
  readonly #begunAtMs = Date.now();
  readonly #folders: string[] = [];

  constructor(project: Project, options: BuildOptions, host: DefinitionHost) {
    this.#project = project;
    this.#options = options;
    this.#host = host;
  }

  async run(isLast: boolean): Promise<BuildResult | undefined> {
    let stage = await this.#stage(DEFAULT_FLOWS);
    // Where the flows are stands in the configuration, which has to be bundled to be read; most say nothing.
    if ("staged" in stage && !isSame(stage.staged.config.flows, DEFAULT_FLOWS)) {
      stage = await this.#stage(stage.staged.config.flows);
    }
    if ("diagnostics" in stage) {
      if (!isLast && this.#mayBeHalfSaved()) return undefined;
      const broken = { version: null, flows: [], diagnostics: stage.diagnostics, config: null, rebuilt: true };
      await rememberBuild(this.#project, broken, undefined);
      return broken;
    }
    return await this.#finish(stage.staged, isLast);
  }

  #mayBeHalfSaved(): boolean {
    return isBeingSaved(this.#project.dir, this.#begunAtMs);
  }

  /** Bundles, writes and reads the configuration. */
  async #stage(globs: readonly string[]): Promise<Stage> {
    const { dir, configFile } = this.#project;
    const config: BundleEntry = { name: path.parse(CONFIG_ENTRY).name, file: configFile };
    const flows = nameEntries(dir, listFlowFiles(dir, globs));
    const { bundle, failed } = await bundleProject(dir, [config, ...flows]);
    const configFailed = failed.filter(({ entry }) => entry === config);
    if (bundle === null || configFailed.length > 0) {
      const blamed = configFailed.length > 0 ? configFailed : failed;
      return { diagnostics: buildErrors(dir, blamed).map(asConfigError) };
    }
    const folder = stagingFolder(this.#project);
    this.#folders.push(folder);
    await writeFiles(folder, bundle.files);
    this.#host.folder = folder;
    const outcome = await this.#host.readConfig(CONFIG_ENTRY);
    if (outcome.kind !== "config") {
      return { diagnostics: [asConfigError(loadError(dir, relativeTo(dir, configFile), outcome))] };
    }
    const bad = new Set(failed.map(({ entry }) => entry));
    const entries = flows.filter((entry) => !bad.has(entry));
    return { staged: { folder, bundle, config: outcome.config, entries, failed } };
  }

  async #finish(staged: Staged, isLast: boolean): Promise<BuildResult | undefined> {
    const { folder, bundle, config, entries } = staged;
    const modules = await this.#host.load(entries.map(moduleOf));
    const loaded = entries.flatMap((entry) => {
      const module = modules.get(moduleOf(entry));
      return module === undefined ? [] : [[entry, module] as const];
    });
    const { usable, diagnostics } = await this.#withoutUnfit(readFlows(this.#project, config, loaded));
    const all = [...buildErrors(this.#project.dir, staged.failed), ...diagnostics].sort(bySeverity);
    if (!isLast && all.some(isOfHalfAFile) && this.#mayBeHalfSaved()) return undefined;
    const named = await readNamedFiles(
      this.#project,
      usable.map(({ flow }) => flow.spec),
    );
    const hashes = new FileHashes(this.#project.dir);
    const flows = this.#versionFlows(usable, bundle, hashes);
    const own: VersionFile[] = [
      ...named,
      { path: MANIFEST_FILE, content: Buffer.from(JSON.stringify({ flows })) },
      { path: CONFIG_FILE, content: Buffer.from(JSON.stringify(config)) },
    ];
    const files = [...bundle.files, ...own];
    const outcome = { flows, diagnostics: all, config, rebuilt: true };
    if (this.#options.onlyGood === true && all.some(({ severity }) => severity === "error")) {
      const refused: BuildResult = { version: null, ...outcome };
      await rememberBuild(this.#project, refused, undefined);
      return refused;
    }
    const version = contentAddress([...files, dependencyFile(bundle)]) as VersionId;
    await writeFiles(folder, own);
    await nameFolder(this.#project, folder, version);
    await this.#keep(version, { flows, bundle, files, sources: this.#sources(usable, bundle, hashes) });
    const built: BuildResult = { version, ...outcome };
    await rememberBuild(this.#project, built, this.#fingerprint(bundle, usable, config));
    return built;
  }

  /** Leaves out flows that have a schedule which could not make a run. */
  async #withoutUnfit({ usable, diagnostics }: LoadedFlows): Promise<LoadedFlows> {
    const asked = usable.map(({ flow, entry }) => ({ flow: flow.spec, entry: moduleOf(entry) }));
    const unfit = await unfitScheduleParams(this.#project, this.#host, asked);
    return {
      usable: usable.filter(({ flow }) => !unfit.has(flow.spec.name)),
      diagnostics: [...diagnostics, ...Array.from(unfit.values()).flat()],
    };
  }

  #versionFlows(usable: readonly UsableFlow[], bundle: Bundle, hashes: FileHashes): VersionFlow[] {
    return usable.map(({ flow, entry }) => {
      const named = namedFiles(flow.spec).map((file) => path.resolve(this.#project.dir, file));
      const codeHash = hashes.of([...(bundle.closures.get(entry.name) ?? []), ...named]);
      return { spec: flow.spec, codeHash, entry: moduleOf(entry) };
    });
  }

  /** Of flows that are usable, and of the configuration. */
  #sources(usable: readonly UsableFlow[], bundle: Bundle, hashes: FileHashes): readonly SavedSource[] {
    if (this.#options.store === undefined) return [];
    const { dir, configFile } = this.#project;
    const modules = new Map(usable.map(({ entry }) => [entry.file, entry.name]));
    modules.set(configFile, path.parse(CONFIG_ENTRY).name);
    const named = usable.flatMap(({ flow: { spec } }) => [...namedFiles(spec), ...definitionFiles(spec)]);
    return collectSources(dir, hashes, { bundle, modules, named: named.map((file) => path.resolve(dir, file)) });
  }

  async #keep(
    version: VersionId,
    made: Pick<BuildResult, "flows"> &
      Pick<StoredVersion, "files"> & { bundle: Bundle; sources: readonly SavedSource[] },
  ): Promise<void> {
    const { store, keepHost } = this.#options;
    const { flows, bundle, files, sources } = made;
    if (store !== undefined) {
      const { dependencies } = bundle;
      const stored = { id: version, createdAtMs: this.#begunAtMs, manifest: { flows }, dependencies, files };
      await store.saveVersion(stored, sources);
      await activate(store, version);
    }
    if (keepHost === undefined || bundle.loadsLater) return;
    this.#host.folder = path.join(this.#project.dataDir, "versions", version);
    this.keptHost = true;
    keepHost(version, this.#host);
  }

  #fingerprint(bundle: Bundle, usable: readonly UsableFlow[], config: ProjectConfig) {
    const { dir, configFile } = this.#project;
    const named = usable
      .flatMap(({ flow }) => [...namedFiles(flow.spec), ...definitionFiles(flow.spec)])
      .map((file) => path.resolve(dir, file));
    const sources = [configFile, ...bundle.inputs];
    const flowFolders = globRoots(config.flows).flatMap((root) => foldersBelow(path.resolve(dir, root)));
    const folders = [...flowFolders, ...sources.map((source) => path.dirname(source))];
    return takeFingerprint([...sources, ...named, ...settingsFiles(dir, sources)], folders, this.#begunAtMs);
  }

  /** Removes what was staged and got no name. */
  async clear(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** All modules lie in one folder: `flows/daily/orders.ts` becomes `flows.daily.orders`. */
function nameEntries(projectDir: string, files: readonly string[]): BundleEntry[] {
  const taken = new Set([path.parse(CONFIG_ENTRY).name]);
  return files.map((file) => {
    const plain = file
      .replace(/\.[^./]+$/, "")
      .replaceAll("../", "")
      .replaceAll("/", ".");
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}-${number}`;
    taken.add(name);
    return { name, file: path.resolve(projectDir, file) };
  });
}

function moduleOf({ name }: BundleEntry): string {
  return `${name}.mjs`;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Other packages make another version, though the bundle is the same. */
function dependencyFile({ dependencies }: Bundle): VersionFile {
  return { path: "(dependencies)", content: Buffer.from(JSON.stringify(dependencies)) };
}

function asConfigError(found: Diagnostic): Diagnostic {
  return { ...found, code: found.code === "IMPORT_TIMEOUT" ? found.code : "INVALID_CONFIG" };
}

function bySeverity(a: Diagnostic, b: Diagnostic): number {
  if (a.severity === b.severity) return 0;
  return a.severity === "error" ? -1 : 1;
}
