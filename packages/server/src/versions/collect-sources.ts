import path from "node:path";
import type { SavedSource } from "@millrace/core";
import type { Bundle } from "./bundling/bundle.ts";
import type { FileHashes } from "./code-hash.ts";
import { relativeTo } from "./diagnose.ts";

/** A file that is larger is made by a program, or is data. */
const LARGEST_FILE = 512 * 1024;
/** Of all files of a version together. */
const LARGEST_SUM = 16 * 1024 * 1024;
const MOST_FILES = 5_000;
/** Files by these names hold secrets, whatever made them part of a version. */
const SECRET = /^(?:\.env(?:\..+)?|\.npmrc|\.netrc|\.pgpass|id_[a-z0-9]+|.+\.(?:pem|key|p12|pfx|keystore))$/i;

export interface Collected {
  readonly bundle: Pick<Bundle, "closures" | "imports">;
  /** Modules of the bundle by the file that each begins with, absolute. */
  readonly modules: ReadonlyMap<string, string>;
  /** Files that tasks and schedules name, absolute. */
  readonly named: readonly string[];
}

/**
 * The project's own files that a version was made of, for people to read: what its modules are bundled from and what its
 * tasks name, without packages. They have been read already, to be hashed.
 */
export function collectSources(projectDir: string, hashes: FileHashes, made: Collected): readonly SavedSource[] {
  const closures = Array.from(made.modules.values()).flatMap((module) => made.bundle.closures.get(module) ?? []);
  const files = [...new Set([...closures, ...made.named])].filter((file) => !file.includes("/node_modules/")).sort();
  let sum = 0;
  return files.slice(0, MOST_FILES).map((file) => {
    const module = made.modules.get(file);
    const imports = (made.bundle.imports.get(file) ?? []).filter((each) => !each.includes("/node_modules/"));
    const about = {
      path: relativeTo(projectDir, file),
      module: module === undefined ? null : `${module}.mjs`,
      imports: imports.map((each) => relativeTo(projectDir, each)).sort(),
    };
    const content = hashes.read(file);
    const leftOut = reasonToLeaveOut(file, content) ?? (sum + content.length > LARGEST_SUM ? "too_many" : null);
    if (leftOut !== null) return { ...about, hash: null, bytes: content.length, leftOut, content: null };
    sum += content.length;
    return { ...about, hash: hashes.contentHash(file), bytes: content.length, leftOut, content };
  });
}

function reasonToLeaveOut(file: string, content: Uint8Array): SavedSource["leftOut"] {
  if (SECRET.test(path.basename(file))) return "secret";
  if (content.length > LARGEST_FILE) return "too_large";
  return content.includes(0) ? "binary" : null;
}
