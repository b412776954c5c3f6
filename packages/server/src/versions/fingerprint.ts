import { existsSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** What a build has read, as the file system showed it: enough to see later that nothing has changed. */
export interface Fingerprint {
  /** By absolute path: size, times and identity. Null: there was no such file. */
  readonly files: Readonly<Record<string, string | null>>;
  /** By absolute path: the names in it that a build could take up. */
  readonly folders: Readonly<Record<string, string>>;
}

/** A file saved in the same moment as it was read may show the same times with other content. */
const CLOCK_STEP_MS = 20;
/** Names of files that a build may take up. */
export const TAKEN_UP = /\.(?:[cm]?[jt]sx?|json)$/;
const NEVER_TAKEN_UP = new Set(["node_modules", ".millrace", ".git"]);

/**
 * @param files that the build read, absolute.
 * @param folders below which a new file would be taken up, absolute.
 * @returns undefined when one of them was changed after the build began: then nobody can tell what it has read.
 */
export function takeFingerprint(
  files: Iterable<string>,
  folders: Iterable<string>,
  begunAtMs: number,
): Fingerprint | undefined {
  const stats = [...new Set(files)].sort().map((file) => [file, statOf(file)] as const);
  if (stats.some(([, stat]) => stat !== undefined && stat.mtimeMs > begunAtMs - CLOCK_STEP_MS)) return undefined;
  return {
    files: Object.fromEntries(stats.map(([file, stat]) => [file, stat === undefined ? null : mark(stat)])),
    folders: Object.fromEntries([...new Set(folders)].sort().map((folder) => [folder, listing(folder)])),
  };
}

/** Whether a source of the project has been written since an instant, so that who read it then may have read half. */
export function isBeingSaved(projectDir: string, sinceMs: number): boolean {
  return foldersBelow(projectDir).some((folder) =>
    readdirSync(folder, { withFileTypes: true }).some((entry) => {
      if (!entry.isFile() || !TAKEN_UP.test(entry.name)) return false;
      const stat = statOf(path.join(folder, entry.name));
      return stat !== undefined && stat.mtimeMs > sinceMs - CLOCK_STEP_MS;
    }),
  );
}

/** Whether everything is as it was. Costs one look at each file and folder. */
export function isUnchanged({ files, folders }: Fingerprint): boolean {
  for (const [file, before] of Object.entries(files)) {
    const stat = statOf(file);
    if ((stat === undefined ? null : mark(stat)) !== before) return false;
  }
  return Object.entries(folders).every(([folder, before]) => listing(folder) === before);
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

function mark(stat: Stats): string {
  return `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
}

function listing(folder: string): string {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() ? !NEVER_TAKEN_UP.has(entry.name) : TAKEN_UP.test(entry.name)))
      .map((entry) => entry.name)
      .sort()
      .join("/");
  } catch {
    return "";
  }
}

/** A folder and all below it that may hold flow files. */
export function foldersBelow(root: string): string[] {
  if (!existsSync(root)) return [root];
  const below = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NEVER_TAKEN_UP.has(entry.name))
    .flatMap((entry) => foldersBelow(path.join(root, entry.name)));
  return [root, ...below];
}

/**
 * Files beside the sources that decide how these are built: manifests and compiler options from each source's folder up
 * to the project's, whether they are there or not, what those extend, and npm's list of what is installed.
 */
export function settingsFiles(projectDir: string, sources: Iterable<string>): string[] {
  const folders = new Set([projectDir]);
  for (const source of sources) {
    for (let dir = path.dirname(source); !folders.has(dir) && path.dirname(dir) !== dir; dir = path.dirname(dir)) {
      folders.add(dir);
    }
  }
  const found = new Set([path.join(projectDir, "node_modules/.package-lock.json")]);
  for (const folder of folders) {
    found.add(path.join(folder, "package.json"));
    for (const file of withExtended(path.join(folder, "tsconfig.json"))) found.add(file);
  }
  return [...found];
}

function withExtended(tsconfig: string, seen = new Set<string>()): Set<string> {
  if (seen.has(tsconfig)) return seen;
  seen.add(tsconfig);
  if (!existsSync(tsconfig)) return seen;
  // Comments are allowed there, so it is searched and not parsed. A name too many does no harm.
  const written = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(readFileSync(tsconfig, "utf8"))?.[1] ?? "";
  for (const [, name = ""] of written.matchAll(/"([^"]+)"/g)) {
    const file = extendedFile(tsconfig, name);
    if (file !== undefined) withExtended(file, seen);
  }
  return seen;
}

function extendedFile(from: string, name: string): string | undefined {
  if (name.startsWith(".") || path.isAbsolute(name)) {
    const file = path.resolve(path.dirname(from), name);
    return file.endsWith(".json") ? file : `${file}.json`;
  }
  const resolve = createRequire(from).resolve;
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return resolve(candidate);
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}
