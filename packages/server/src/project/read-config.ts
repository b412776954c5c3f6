import type { Runtime } from "../runtime/runtime.ts";
import { CONFIG_FILE } from "../versions/version-folder.ts";
import type { ProjectConfig } from "./project.ts";

/** What the working folder says, or the active version where that was not looked at; null where neither says anything. */
export async function readConfig({ build, store }: Pick<Runtime, "build" | "store">): Promise<ProjectConfig | null> {
  if (build !== null) return build.config;
  const active = await store.activeVersion();
  const version = active === undefined ? undefined : await store.findVersion(active);
  const file = version?.files.find(({ path }) => path === CONFIG_FILE);
  return file === undefined ? null : (JSON.parse(Buffer.from(file.content).toString("utf8")) as ProjectConfig);
}
