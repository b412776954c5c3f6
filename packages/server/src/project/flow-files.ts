import { globSync } from "node:fs";
import path from "node:path";

/** Where flow files are, unless the configuration says otherwise. */
export const DEFAULT_FLOWS: readonly string[] = ["flows/**/*.{ts,js,mts,mjs}"];

/** Tests and declarations stand among flows without being any. */
const NOT_A_FLOW = /(?:\.(?:test|spec)\.[^.]+|\.d\.[cm]?ts)$/;
const SKIPPED_FOLDERS = new Set(["node_modules", "__tests__", ".millrace", ".git"]);

/** A project's flow files, relative to its folder, with `/`, sorted: so that the same folder gives the same version. */
export function listFlowFiles(projectDir: string, globs: readonly string[]): string[] {
  const found = globSync(globs, {
    cwd: projectDir,
    withFileTypes: true,
    exclude: (entry) => entry.isDirectory() && SKIPPED_FOLDERS.has(entry.name),
  });
  return found
    .filter((entry) => !entry.isDirectory() && !NOT_A_FLOW.test(entry.name))
    .map((entry) => path.relative(projectDir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
}

/** The folders below which the globs look: what stands before the first wildcard. */
export function globRoots(globs: readonly string[]): string[] {
  const roots = globs.map((glob) => {
    const parts = glob.split("/");
    const fixed = parts.slice(0, -1);
    const wild = fixed.findIndex((part) => /[*?[\]{}()!]/.test(part));
    return (wild === -1 ? fixed : fixed.slice(0, wild)).join("/") || ".";
  });
  return [...new Set(roots)];
}
