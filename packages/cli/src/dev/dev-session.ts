import path from "node:path";
import { diffDefinitions } from "@millrace/core";
import type { BuildResult, HookServer, ProjectConfig, Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { FLOW_TYPES_FILE, typedFlows, writeFlowTypes } from "../flow-types/write-flow-types.ts";
import { serveUntilAsked } from "../serving/serve-until-asked.ts";
import type { DevReporter } from "./dev-reporter.ts";
import { flowTable } from "./flow-table.ts";
import { type Hotkey, listenForKeys } from "./hotkeys.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { tellRuns } from "./run-lines.ts";

export interface SessionOptions {
  readonly runtime: Runtime;
  readonly call: CommandCall;
  readonly reporter: DevReporter;
  readonly hooks: HookServer;
  readonly url: string;
  readonly drainMs: number;
  /** When it was begun, by the process's own clock. */
  readonly beganAtMs: number;
}

/** One life of a runtime under `millrace dev`: until somebody ends it, or the configuration needs another one. */
export class DevSession {
  readonly #options: SessionOptions;
  readonly #restart = Promise.withResolvers<void>();
  #last: BuildResult;
  /** The configuration that the runtime works with. */
  readonly #config: string | null;
  /** The errors that were told last: told once, however often the same is read again. */
  #told = "";
  #wanted: "no" | "look" | "asked" = "no";
  #reloading: Promise<void> | undefined;
  #restarts = false;
  #isEnding = false;

  constructor(options: SessionOptions, build: BuildResult) {
    this.#options = options;
    this.#last = build;
    this.#config = configText(build.config);
  }

  /** Resolves with whether to begin again. */
  async run(): Promise<boolean> {
    const { runtime, reporter, hooks, drainMs, url, beganAtMs } = this.#options;
    const { SourceWatch } = await import("@millrace/server");
    const watch = new SourceWatch(runtime.project, () => this.#reload("look"));
    const endRuns = tellRuns(runtime, (line) => reporter.run(line));
    try {
      const ending = {
        stopping: () => {
          this.#isEnding = true;
          watch.stop();
          if (!this.#restarts) reporter.stopping(drainMs);
        },
        stopped: () => {
          if (!this.#restarts) reporter.stopped();
        },
      };
      // Signals are heard from here on: whoever reads that it is ready may send one.
      const ended = serveUntilAsked(runtime, ending, { drainMs, hooks, until: this.#restart.promise });
      reporter.ready(runtime, url, { durationMs: Math.round(performance.now() - beganAtMs) });
      const endKeys = this.#listenForKeys();
      this.#tellErrors(this.#last);
      watch.refresh();
      // What was saved while it was opened, before anybody watched.
      this.#reload("look");
      await ended.finally(endKeys);
      return this.#restarts;
    } finally {
      watch.stop();
      endRuns();
      await this.#reloading;
    }
  }

  /** One at a time; what changes meanwhile is looked at once more. */
  #reload(how: "look" | "asked"): void {
    if (this.#wanted !== "asked") this.#wanted = how;
    this.#reloading ??= this.#reloadAll().finally(() => {
      this.#reloading = undefined;
    });
  }

  async #reloadAll(): Promise<void> {
    while (this.#wanted !== "no" && !this.#restarts && !this.#isEnding) {
      const asked = this.#wanted === "asked";
      this.#wanted = "no";
      try {
        await this.#reloadOnce(asked);
      } catch (error) {
        // What fails because all of it ends is no news.
        if (!this.#isEnding) this.#options.reporter.failed(error);
      }
    }
  }

  async #reloadOnce(asked: boolean): Promise<void> {
    const { runtime, reporter } = this.#options;
    const begunAtMs = performance.now();
    const build = await runtime.rebuild();
    const durationMs = Math.round(performance.now() - begunAtMs);
    this.#tellErrors(build);
    // Without a version nothing was replaced, and what ran goes on.
    if (build.version === null) return;
    this.#writeTypes(build);
    const former = this.#last;
    this.#last = build;
    if (asked || build.version !== former.version) {
      await reporter.reloaded(build, diffDefinitions(former.flows, build.flows), { durationMs, asked });
    }
    if (configText(build.config) === this.#config) return;
    this.#restarts = true;
    reporter.restarting();
    this.#restart.resolve();
  }

  /** For the client's sake; that it cannot be written keeps nobody from working. */
  #writeTypes({ flows }: BuildResult): void {
    try {
      writeFlowTypes(path.join(this.#options.runtime.project.dir, FLOW_TYPES_FILE), typedFlows(flows));
    } catch (error) {
      this.#options.reporter.failed(error);
    }
  }

  #tellErrors({ diagnostics, version }: BuildResult): void {
    const text = JSON.stringify(diagnostics);
    if (text === (this.#told || "[]")) return;
    this.#told = text;
    if (diagnostics.length === 0) this.#options.reporter.mended();
    else this.#options.reporter.broken(diagnostics, version === null ? this.#last.version : "new");
  }

  #listenForKeys(): () => void {
    const { call, reporter, url } = this.#options;
    const { stdin } = process;
    if (!stdin.isTTY || process.stdout.isTTY !== true || call.console.json) return () => undefined;
    const signal = (name: "SIGINT" | "SIGTSTP"): void => {
      process.kill(process.pid, name);
    };
    const keys: Hotkey[] = [
      { key: "r", says: "reload", act: () => this.#reload("asked") },
      { key: "o", says: "open", act: () => openInBrowser(url, () => reporter.say([url])) },
      { key: "l", says: "list flows", act: () => void this.#list() },
      { key: "q", says: "quit", act: () => signal("SIGINT") },
      { key: "?", says: "help", act: () => reporter.keys(keys) },
    ];
    reporter.keys(keys);
    return listenForKeys(stdin, keys, signal);
  }

  async #list(): Promise<void> {
    const { call, reporter } = this.#options;
    reporter.say(await flowTable(this.#last.flows, call.console.style));
  }
}

/** All that a runtime takes from the configuration when it is opened. Which files are flows is read with every build. */
function configText(config: ProjectConfig | null): string | null {
  return config === null ? null : JSON.stringify({ ...config, flows: null });
}
