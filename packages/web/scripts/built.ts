// The built pages. Several processes may want them at the same time (tests, a gate, somebody at a keyboard): one builds, the
// others wait for it.
import { globSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { build } from "vite";

const WEB = path.resolve(import.meta.dirname, "..");
const ROOT = path.resolve(WEB, "../..");
const BUILT = path.join(WEB, "dist");
/** Each build says in the time of this file when it began: what was changed during it is newer. */
const ENTRY = path.join(BUILT, "index.html");
const LOCKS = path.join(ROOT, "node_modules/.cache");
/** A build takes seconds, on a busy machine some more. */
const PATIENCE_MS = 120_000;

/** What the pages are made of. Folders are in it as well: they become newer when a file of theirs goes away. */
const SOURCES = [
  "packages/web/{src,public}/{,**/*}",
  "packages/web/{index.html,vite.config.ts,package.json,scripts/*}",
  "packages/{core,contract,client}/{package.json,src/{,**/*}}",
  "package-lock.json",
];

/** Builds the pages, and puts them in their place at once. */
export async function buildPages(): Promise<void> {
  await alone(replace);
}

/** Builds the pages if something that they are made of is newer than they are, or if there are none. */
export async function ensureBuilt(): Promise<void> {
  await alone(async () => {
    if (newestMs(SOURCES) > newestMs([path.relative(ROOT, ENTRY)])) await replace();
  });
}

/** Zero where there is nothing. */
function newestMs(patterns: readonly string[]): number {
  const files = globSync(patterns, { cwd: ROOT });
  return Math.max(0, ...files.map((file) => statSync(path.join(ROOT, file)).mtimeMs));
}

/** Builds beside those that are served, so that a server or a test that reads them meanwhile finds all of one build. */
async function replace(): Promise<void> {
  const startedAt = new Date();
  const [next, old] = [`${BUILT}-${process.pid}`, `${BUILT}-${process.pid}-old`];
  // Whoever starts it: a test's environment would make React's development build of it.
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({ root: WEB, logLevel: "error", build: { outDir: next, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
  utimesSync(path.join(next, "index.html"), startedAt, startedAt);
  rmSync(old, { recursive: true, force: true });
  if (globSync(BUILT).length > 0) renameSync(BUILT, old);
  renameSync(next, BUILT);
  rmSync(old, { recursive: true, force: true });
}

/** A lock that ends with its holder, however that ends: one that the operating system keeps. */
async function alone(act: () => Promise<void>): Promise<void> {
  mkdirSync(LOCKS, { recursive: true });
  const lock = new DatabaseSync(path.join(LOCKS, "web-build.lock"), { timeout: PATIENCE_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    await act();
  } finally {
    lock.close();
  }
}
