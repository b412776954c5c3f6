import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import type { Project } from "../project/project.ts";
import { foldersBelow, TAKEN_UP } from "./fingerprint.ts";
import { readSources } from "./last-build.ts";

/** Editors save in several steps, and many files at once: what follows so soon is the same change, in milliseconds. */
const SETTLE_MS = 30;

/**
 * Watches what a project's version is made of: the sources below its folder, and beside it what these import or name.
 * It tells that something may have changed; whether anything has is for the build to find out.
 */
export class SourceWatch {
  readonly #project: Project;
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  /** Files that the last good build read, absolute: of any kind, such as SQL. */
  #files: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param onChange called soon after the last of several changes. Must not throw. */
  constructor(project: Project, onChange: () => void) {
    this.#project = project;
    this.#onChange = onChange;
  }

  /** Watches all there is now. Again after each build: it may have taken up other files. */
  refresh(): void {
    if (this.#stopped) return;
    // A build with errors is not remembered; what the last good one read is still worth watching.
    const sources = readSources(this.#project);
    if (sources.length > 0) this.#files = new Set(sources);
    const folders = new Set(foldersBelow(this.#project.dir));
    for (const file of this.#files) {
      if (!file.includes("/node_modules/")) folders.add(path.dirname(file));
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, (_event, name) => this.#take(folder, name));
      // A folder that goes takes its watcher with it; its parent tells of it.
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // It went in the meantime, or may not be looked at: then no flow of it can be read either.
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #take(folder: string, name: string | null): void {
    if (name !== null && !this.#matters(path.join(folder, name))) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.refresh();
      this.#onChange();
    }, SETTLE_MS);
  }

  /** What runs write into the project's folder is no source. Names without an ending may be folders. */
  #matters(file: string): boolean {
    const name = path.basename(file);
    if (name === ".millrace" || name === "node_modules" || name === ".git") return false;
    return this.#files.has(file) || TAKEN_UP.test(name) || path.extname(name) === "";
  }

  /** Twice is fine. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const folder of this.#watchers.keys()) this.#forget(folder);
  }
}
