import { MillraceError } from "@millrace/core";
import { readConfig } from "../project/read-config.ts";
import type { Runtime } from "../runtime/runtime.ts";
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
  const url = publicUrl ?? (await readConfig(runtime))?.publicUrl ?? null;
  return { isLocal: isLoopback(host), publicUrl: url === null ? null : readUrl(url), trustsProxy };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new MillraceError("USAGE", `The public address cannot be "${text}".`, {
    hint: "Give it as people type it: https://millrace.example.org.",
  });
}
