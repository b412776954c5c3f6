import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MillraceError } from "@millrace/core";
import { neverAgain } from "../verdict.ts";

/** A client library that projects install only when they use it. */
export interface Peer<Module> {
  readonly name: string;
  /** `import("pg")`, written out so that tools see it. */
  load(): Promise<Module>;
}

/**
 * Loads a client library: the one the project has installed, else one beside Millrace itself.
 *
 * @throws MillraceError `MISSING_PEER` with the command that installs it.
 */
export async function loadPeer<Module>(peer: Peer<Module>, projectDir: string): Promise<Module> {
  const installed = resolveFrom(projectDir, peer.name);
  try {
    return installed === undefined ? await peer.load() : await import(pathToFileURL(installed).href);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    throw neverAgain(
      new MillraceError("MISSING_PEER", `The package ${peer.name} is not installed, and a connection needs it.`, {
        hint: `Install it in the project: npm install ${peer.name}`,
        cause,
      }),
    );
  }
}

function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, "package.json")).resolve(name);
  } catch {
    return undefined;
  }
}
