import { rm } from "node:fs/promises";
import type { UpkeepFiles } from "@millrace/core";
import { createFileLogStore, FileArtifacts } from "@millrace/executors";
import type { Project } from "../project/project.ts";
import { versionFolder } from "../versions/version-folder.ts";

/** What a project keeps beside its database, for those who remove it. */
export function projectFiles(project: Project): UpkeepFiles {
  const logs = createFileLogStore({ dir: project.logsDir });
  const artifacts = new FileArtifacts(project.artifactsDir);
  return {
    removeLogs: (run) => logs.remove(run),
    removeArtifact: (artifact, writtenBeforeMs) => artifacts.remove(artifact, writtenBeforeMs),
    removeVersion: (version) => rm(versionFolder(project, version), { recursive: true, force: true }),
  };
}
