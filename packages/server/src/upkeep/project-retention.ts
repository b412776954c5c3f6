import { KEEP_EVERYTHING, type RetentionPolicy, type Store } from "@millrace/core";
import type { Project } from "../project/project.ts";
import { buildVersion } from "../versions/build-version.ts";
import { materialize, readVersionConfig } from "../versions/version-folder.ts";

/** What the project's configuration says of retention: as it is in the working folder, else as the active version has it. */
export async function projectRetention(project: Project, store: Store): Promise<RetentionPolicy> {
  const { config } = await buildVersion(project);
  if (config !== null) return config.retention;
  const active = await store.activeVersion();
  if (active === undefined) return KEEP_EVERYTHING;
  return (await readVersionConfig(await materialize(project, store, active))).retention;
}
