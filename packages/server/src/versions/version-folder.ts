import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  KEEP_EVERYTHING,
  MillraceError,
  type Store,
  type VersionFile,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";
import type { VersionPlace } from "@millrace/executors";
import { toFolderError } from "../project/folder-error.ts";
import type { Project, ProjectConfig } from "../project/project.ts";

/** A project, or as much of it as a worker elsewhere has. */
type DataPlace = Pick<Project, "dataDir">;

/** In each version's folder, beside the modules. */
export const MANIFEST_FILE = "manifest.json";
export const CONFIG_FILE = "config.json";
/** The module of the configuration, for whoever opens connections. */
export const CONFIG_ENTRY = "config.mjs";
/** Where a version is on disk. It lies inside the project, so that its modules find the project's packages. */
export function versionFolder(project: DataPlace, version: VersionId): string {
  return path.join(versionsDir(project), version);
}

function versionsDir(project: DataPlace): string {
  return path.join(project.dataDir, "versions");
}

const STAGING = ".staging-";
/** No build takes so long. */
const DEAD_STAGING_MS = 60 * 60 * 1000;

/** A folder of the same depth for a version that has no name yet. */
export function stagingFolder(project: DataPlace): string {
  return path.join(versionsDir(project), `${STAGING}${randomUUID()}`);
}

/** Removes what builds left that were killed. */
export async function removeDeadStaging(project: Project): Promise<void> {
  for (const name of await readdir(versionsDir(project))) {
    if (!name.startsWith(STAGING)) continue;
    const folder = path.join(versionsDir(project), name);
    // Another process may be building, or tidying up as well.
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - DEAD_STAGING_MS) await rm(folder, { recursive: true, force: true });
  }
}

export async function writeFiles(folder: string, files: readonly VersionFile[]): Promise<void> {
  const folders = new Set(files.map((file) => path.dirname(path.join(folder, file.path))));
  try {
    for (const dir of [folder, ...folders]) await mkdir(dir, { recursive: true });
    await Promise.all(files.map((file) => writeFile(path.join(folder, file.path), file.content)));
  } catch (error) {
    throw toFolderError(error, folder);
  }
}

/** Gives a staged version its name. When it is there already, the staged one is dropped: they are the same. */
export async function nameFolder(project: DataPlace, staged: string, version: VersionId): Promise<void> {
  try {
    await rename(staged, versionFolder(project, version));
  } catch (error) {
    if (!existsSync(path.join(versionFolder(project, version), MANIFEST_FILE))) throw error;
    await rm(staged, { recursive: true, force: true });
  }
}

/**
 * Makes sure that a version is on disk, from the store when it is not: attempts, reruns and resumed runs use the bundle
 * of their version, and the store is all they need. Throws `UNKNOWN_VERSION`.
 */
export async function materialize(project: Project, store: Store, version: VersionId): Promise<string> {
  return await placeVersion(project, version, async () => {
    const stored = await store.findVersion(version);
    if (stored !== undefined) return stored.files;
    throw new MillraceError("UNKNOWN_VERSION", `The version ${version.slice(0, 12)} is not in the store.`, {
      hint: "It was made with another database. Start a new run on the present version.",
    });
  });
}

/** The same with files from anywhere. */
export async function placeVersion(
  project: DataPlace,
  version: VersionId,
  fetch: () => Promise<readonly VersionFile[]>,
): Promise<string> {
  const folder = versionFolder(project, version);
  if (existsSync(path.join(folder, MANIFEST_FILE))) return folder;
  const staged = stagingFolder(project);
  await writeFiles(staged, await fetch());
  // What is left of a folder without a manifest was never finished.
  await rm(folder, { recursive: true, force: true });
  await nameFolder(project, staged, version);
  return folder;
}

export async function readManifest(folder: string): Promise<VersionManifest> {
  return JSON.parse(await readFile(path.join(folder, MANIFEST_FILE), "utf8")) as VersionManifest;
}

/** Where attempts find the modules of a version that lies in a folder. */
export function placeOf(dir: string, { flows }: VersionManifest): VersionPlace {
  const entries = new Map(flows.map(({ spec, entry }) => [spec.name, entry]));
  return {
    dir,
    configEntry: CONFIG_ENTRY,
    entryOf(flow) {
      const entry = entries.get(flow);
      if (entry === undefined) throw new Error(`the version in ${dir} has no flow ${flow}`);
      return entry;
    },
  };
}

export async function readVersionConfig(folder: string): Promise<ProjectConfig> {
  const config = JSON.parse(await readFile(path.join(folder, CONFIG_FILE), "utf8")) as ProjectConfig;
  // Versions that were built before there was retention say nothing of it.
  return { ...config, retention: (config as Partial<ProjectConfig>).retention ?? KEEP_EVERYTHING };
}
