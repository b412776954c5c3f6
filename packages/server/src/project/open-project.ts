import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { MillraceError } from "@millrace/core";
import { type DatabaseAddress, parseDatabaseUrl } from "@millrace/store";
import { toFolderError } from "./folder-error.ts";
import type { Project } from "./project.ts";

/** Of a folder: nobody else looks into it. */
const OWNER_ONLY = 0o700;

/** In the order they are looked for. */
const CONFIG_NAMES = ["millrace.config.ts", "millrace.config.mts", "millrace.config.js", "millrace.config.mjs"];

const DATA_DIR = ".millrace";

/**
 * Finds the project that a folder belongs to: the nearest one, upward, with a `millrace.config.ts`. Runs none of its
 * code and writes nothing.
 *
 * @param startDir absolute, or relative to the working directory.
 * @param env where `MILLRACE_DATABASE_URL` is read from: `postgres://…`, or `sqlite:` and a path relative to the project's
 * folder.
 * @throws `NO_PROJECT`, and `USAGE` for a database address that is none.
 */
export function openProject(startDir: string, env: NodeJS.ProcessEnv = process.env): Project {
  const start = path.resolve(startDir);
  const configFile = findConfig(start);
  if (configFile === undefined) {
    throw new MillraceError("NO_PROJECT", `No millrace.config.ts in ${start} or in any folder above it.`, {
      hint: "Run `millrace init` to make a project here, or go to a project's folder.",
    });
  }
  const dir = path.dirname(configFile);
  const dataDir = path.join(dir, DATA_DIR);
  return {
    dir,
    configFile,
    dataDir,
    database: findDatabase(dir, dataDir, env["MILLRACE_DATABASE_URL"]),
    artifactsDir: path.join(dataDir, "artifacts"),
    logsDir: path.join(dataDir, "logs"),
  };
}

function findConfig(start: string): string | undefined {
  for (let dir = start; ; dir = path.dirname(dir)) {
    for (const name of CONFIG_NAMES) {
      const file = path.join(dir, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    }
    if (path.dirname(dir) === dir) return undefined;
  }
}

function findDatabase(dir: string, dataDir: string, url: string | undefined): DatabaseAddress {
  if (url === undefined || url.trim() === "") return { kind: "sqlite", path: path.join(dataDir, "millrace.db") };
  const address = parseDatabaseUrl(url);
  return address.kind === "sqlite" ? { ...address, path: path.resolve(dir, address.path) } : address;
}

/** Makes the data folder, and keeps it out of version control without touching any file of the project. */
export function prepareDataDir(project: Project): void {
  try {
    // What runs were given and what they gave is in it. Whoever means others to read it says so once, with chmod.
    mkdirSync(project.dataDir, { recursive: true, mode: OWNER_ONLY });
    mkdirSync(path.join(project.dataDir, "versions"), { recursive: true });
    const { database } = project;
    if (database.kind === "sqlite") mkdirSync(path.dirname(database.path), { recursive: true });
    const ignore = path.join(project.dataDir, ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  } catch (error) {
    throw toFolderError(error, project.dataDir);
  }
}
