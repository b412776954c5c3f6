import { MillraceError } from "@millrace/core";
import type { ProjectConfig } from "../project/project.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { CONFIG_FILE } from "../versions/version-folder.ts";
import type { DoorOptions } from "./door.ts";
import { isLoopback } from "./guard.ts";

export interface Address {
  /** What the server listens on. */
  readonly host: string;
  /** What was given for this process; undefined: what the project's configuration says. */
  readonly publicUrl: string | undefined;
  readonly trustsProxy: boolean;
}

/** How requests reach a server. @throws MillraceError `USAGE` for a public address that is none. */
export async function findDoor(
  runtime: Pick<Runtime, "build" | "store">,
  { host, publicUrl, trustsProxy }: Address,
): Promise<DoorOptions> {
  const url = publicUrl ?? (await configuredUrl(runtime));
  return { isLocal: isLoopback(host), publicUrl: url === null ? null : readUrl(url), trustsProxy };
}

/** What the working folder says, or the active version where that was not looked at. */
async function configuredUrl({ build, store }: Pick<Runtime, "build" | "store">): Promise<string | null> {
  if (build !== null) return build.config?.publicUrl ?? null;
  const active = await store.activeVersion();
  const version = active === undefined ? undefined : await store.findVersion(active);
  const file = version?.files.find(({ path }) => path === CONFIG_FILE);
  if (file === undefined) return null;
  return (JSON.parse(Buffer.from(file.content).toString("utf8")) as ProjectConfig).publicUrl ?? null;
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new MillraceError("USAGE", `The public address cannot be "${text}".`, {
    hint: "Give it as people type it: https://millrace.example.org.",
  });
}
