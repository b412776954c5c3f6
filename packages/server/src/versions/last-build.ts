import { existsSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { VersionId } from "@millrace/core";
import type { Project } from "../project/project.ts";
import type { BuildResult } from "./build-result.ts";
import { type Fingerprint, isUnchanged } from "./fingerprint.ts";
import { MANIFEST_FILE, readManifest, readVersionConfig, versionFolder } from "./version-folder.ts";

/** Raised when a build would give something else from the same sources. */
const FORMAT = 3;

/** The memory of the last build: what it read and what came of it. Losing it costs one build. */
interface LastBuild {
  readonly format: number;
  /** The project's folder as it was built: a copy of it elsewhere has files of its own. */
  readonly dir: string;
  readonly node: string;
  readonly version: VersionId;
  readonly diagnostics: BuildResult["diagnostics"];
  readonly fingerprint: Fingerprint;
}

function fileOf(project: Project): string {
  return path.join(project.dataDir, "last-build.json");
}

/** Of this folder; what came with a copy of another says nothing of it. */
function read(project: Project): LastBuild | undefined {
  try {
    const last = JSON.parse(readFileSync(fileOf(project), "utf8")) as LastBuild;
    return last.format === FORMAT && last.dir === project.dir ? last : undefined;
  } catch {
    return undefined;
  }
}

/** The result of the last build, when a new one would give the same. */
export async function unchangedBuild(project: Project): Promise<BuildResult | undefined> {
  const last = read(project);
  if (last?.node !== process.version) return undefined;
  const folder = versionFolder(project, last.version);
  if (!existsSync(path.join(folder, MANIFEST_FILE)) || !isUnchanged(last.fingerprint)) return undefined;
  const [manifest, config] = await Promise.all([readManifest(folder), readVersionConfig(folder)]);
  return { version: last.version, flows: manifest.flows, diagnostics: last.diagnostics, config, rebuilt: false };
}

/** The files that the last good build read, absolute; none when it is not remembered. */
export function readSources(project: Project): readonly string[] {
  return Object.keys(read(project)?.fingerprint.files ?? {});
}

/**
 * Keeps a build in mind. One with errors is not kept: what failed may have failed for a reason outside of the sources,
 * such as a variable of the environment.
 */
export async function rememberBuild(
  project: Project,
  built: BuildResult,
  fingerprint: Fingerprint | undefined,
): Promise<void> {
  const hasErrors = built.diagnostics.some(({ severity }) => severity === "error");
  if (hasErrors || fingerprint === undefined || built.version === null) {
    await rm(fileOf(project), { force: true });
    return;
  }
  const { version, diagnostics } = built;
  const last: LastBuild = {
    format: FORMAT,
    dir: project.dir,
    node: process.version,
    version,
    diagnostics,
    fingerprint,
  };
  const draft = `${fileOf(project)}.${process.pid}`;
  await writeFile(draft, JSON.stringify(last));
  await rename(draft, fileOf(project));
}
