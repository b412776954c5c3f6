// What was measured: `scoreboard.json`, and the page that is made from it.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import process from "node:process";
import type { Entry, Scoreboard } from "./entry.ts";
import { scoreboardPage } from "./page.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const RECORD = path.join(ROOT, "scoreboard.json");
const PAGE = path.join(ROOT, "docs/internals/scoreboard.md");

export function readScoreboard(): Scoreboard | undefined {
  try {
    return JSON.parse(readFileSync(RECORD, "utf8")) as Scoreboard;
  } catch {
    return undefined;
  }
}

/** The outcomes of this time replace those of the same rows; the others stay as they were, unless their row is gone. */
export function mergeEntries(
  before: readonly Entry[],
  now: readonly Entry[],
  known: ReadonlySet<string>,
): readonly Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of [...before, ...now]) if (known.has(keyOf(entry))) merged.set(keyOf(entry), entry);
  return [...merged.values()].sort((a, b) => orderOf(a).localeCompare(orderOf(b), "en", { numeric: true }));
}

export function keyOf({ id, store }: Pick<Entry, "id" | "store">): string {
  return `${id} ${store}`;
}

const orderOf = keyOf;

export function writeScoreboard(rows: readonly Entry[]): void {
  const machine = { cores: cpus().length, processor: cpus()[0]?.model ?? "unknown", node: process.version };
  const scoreboard: Scoreboard = { machine, rows };
  writeFileSync(RECORD, `${JSON.stringify(scoreboard, null, 2)}\n`);
  writeFileSync(PAGE, scoreboardPage(scoreboard));
}

/** The commit that is checked out, with a `+` when the sources differ from it. */
export function commitHere(): string {
  const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "packages") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${changed ? "+" : ""}`;
  } catch {
    return "unknown";
  }
}
