import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Where peers are installed and run: a folder of their own, outside the repository. */
export interface Folders {
  readonly root: string;
  /** What was installed for a peer; made when it is not there. */
  installed(peer: string): string;
}

/** Files that outlive a restart of the machine belong where it does not clean up, and where other users may pass. */
const DEFAULT_ROOT = path.join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "millrace-bench-peers");

export const PROGRAMS = path.join(import.meta.dirname, "programs");

export function openFolders(root = DEFAULT_ROOT): Folders {
  mkdirSync(root, { recursive: true });
  // PostgreSQL runs as a user of its own where we are root, and its data is below.
  chmodSync(root, 0o755);
  return {
    root,
    installed(peer) {
      const folder = path.join(root, "installed", peer);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
  };
}
