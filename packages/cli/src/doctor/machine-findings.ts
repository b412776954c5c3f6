import { execFile } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { formatByteSize } from "@millrace/core";
import type { Project } from "@millrace/server";
import type { Finding } from "./finding.ts";

const OLDEST_NODE = 24;
/** Less than this and a few large outputs fill the disk. */
const LITTLE_DISK_BYTES = 1024 ** 3;

export function nodeFinding(): Finding {
  const { node } = process.versions;
  const text = `Node ${node} (${process.execPath})`;
  if (Number.parseInt(node, 10) >= OLDEST_NODE) return { what: "node", verdict: "good", text };
  return { what: "node", verdict: "broken", text, hint: `Millrace needs Node ${OLDEST_NODE} or newer.` };
}

export function diskFinding(project: Project): Finding {
  const dir = existsSync(project.dataDir) ? project.dataDir : project.dir;
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const text = `${formatByteSize(free)} free for ${dir}`;
  if (free > LITTLE_DISK_BYTES) return { what: "disk", verdict: "good", text };
  return { what: "disk", verdict: "odd", text, hint: "Make room: a full disk stops every run until there is some." };
}

/** Packages that some task kinds need and that a project installs itself. */
const PEERS: Readonly<Record<string, string>> = { duckdb: "@duckdb/node-api", postgres: "pg" };

/** For each kind of connection that the configuration names, whether its package can be found from the project. */
export function peerFindings(project: Project, kinds: readonly string[]): Finding[] {
  const require = createRequire(path.join(project.dir, "package.json"));
  return [...new Set(kinds)].flatMap((kind): Finding[] => {
    const peer = PEERS[kind];
    if (peer === undefined) return [];
    try {
      require.resolve(peer);
      return [{ what: "package", verdict: "good", text: `${peer} is installed, for ${kind} connections` }];
    } catch {
      const text = `${peer} is not installed, and ${kind} connections need it`;
      return [{ what: "package", verdict: "broken", text, hint: `npm install ${peer}` }];
    }
  });
}

/** Python is needed by `python` tasks only, so its absence is not broken. */
export async function pythonFinding(): Promise<Finding> {
  try {
    const { stdout, stderr } = await promisify(execFile)("python3", ["--version"], { timeout: 10_000 });
    return { what: "python", verdict: "good", text: `${(stdout || stderr).trim()} (python3)` };
  } catch {
    const hint = "Only `python` tasks need it; install Python 3, or name an interpreter in the task.";
    return { what: "python", verdict: "odd", text: "python3 does not run", hint };
  }
}
