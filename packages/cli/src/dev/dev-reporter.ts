import {
  type DefinitionDiff,
  formatDuration,
  isSameDefinitions,
  type MillraceError,
  toErrorInfo,
  type VersionId,
} from "@millrace/core";
import type { BuildResult, Diagnostic, Runtime, RuntimeNews } from "@millrace/server";
import { troubleText } from "../following/open-runtime.ts";
import { stateWord } from "../following/state-text.ts";
import type { Console } from "../output/console.ts";
import { countText } from "../output/count-text.ts";
import { diagnosticText } from "../output/diagnostic-text.ts";
import { errorRecord, errorText } from "../output/error-text.ts";
import { padEnd } from "../output/text-width.ts";
import { clockText, isoInstant, localInstant } from "../output/time-text.ts";
import { leaderText, workerText } from "../server-view/server-text.ts";
import type { Hotkey } from "./hotkeys.ts";
import type { RunLine } from "./run-lines.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How long it took until what is told of was so, in milliseconds. */
interface Took {
  readonly durationMs: number;
}

/** Says what becomes of a `millrace dev`: a line or a few each, or a record. */
export class DevReporter {
  readonly #console: Console;
  #schedules = "";
  #needsLogin = false;

  constructor(console: Console) {
    this.#console = console;
  }

  /** Whether whoever is on this machine has to say who they are. */
  access(needs: "nothing" | "login" | "setup"): void {
    this.#needsLogin = needs !== "nothing";
  }

  ready({ project, build }: Runtime, url: string, { durationMs }: Took): void {
    const { style } = this.#console;
    const flows = build?.flows ?? [];
    const version = build?.version ?? null;
    this.#record("ready", {
      project: project.dir,
      url,
      version,
      flows: flows.map(({ spec }) => spec.name),
      durationMs,
    });
    const more = "the API at /api/v1, its reference at /api/docs, webhooks at /hooks/<flow>";
    this.#console.print([
      `${style.bold("millrace dev")}  ${style.cyan(url)}  ${style.dim(`ready in ${formatDuration(durationMs)}`)}`,
      `  ${countText(flows.length, "flow")} in ${project.dir}`,
      style.dim(`  for this machine${this.#needsLogin ? ", with a login" : ", without a login"}: ${more}`),
    ]);
  }

  keys(keys: readonly Hotkey[]): void {
    const { style } = this.#console;
    const texts = keys.map(({ key, says }) => `${style.bold(key)} ${style.dim(says)}`);
    this.#console.note(`  ${texts.join(style.dim(" · "))}`);
  }

  /** Says nothing where nothing has changed, unless somebody asked. */
  async reloaded(
    build: BuildResult,
    diff: DefinitionDiff,
    { durationMs, asked }: Took & { asked: boolean },
  ): Promise<void> {
    const version = build.version?.slice(0, 12) ?? "";
    this.#record("reloaded", { version: build.version, durationMs, ...recordOf(diff) });
    if (isSameDefinitions(diff)) {
      if (asked) this.#line("reload", `nothing has changed; version ${version}`);
      return;
    }
    const { diffText } = await import("./diff-text.ts");
    this.#line("reload", `version ${version}, in ${formatDuration(durationMs)}`);
    this.#console.print(diffText(diff, this.#console.style).map((line) => `  ${line}`));
  }

  /** @param goesOn `new`: what is usable of what was read; else the version of before, or null where there is none. */
  broken(diagnostics: readonly Diagnostic[], goesOn: "new" | VersionId | null): void {
    const { style } = this.#console;
    this.#record("broken", { diagnostics });
    this.#console.print(diagnostics.flatMap((each) => ["", ...diagnosticText(each, style)]));
    const errors = countText(diagnostics.filter(({ severity }) => severity === "error").length, "error");
    const kept = goesOn === null ? "there is no flow until it is put right" : "the last good version goes on";
    const rest = goesOn === "new" ? "the other flows are there" : kept;
    this.#console.print("");
    this.#line("broken", `${style.red(errors)}; ${rest}`);
  }

  mended(): void {
    this.#record("mended", {});
    this.#line("mended", "no errors any more");
  }

  failed(error: unknown): void {
    const info = toErrorInfo(error);
    this.#record("failed", { error: errorRecord(info) });
    this.#console.complain(errorText(info, this.#console.errorStyle));
  }

  restarting(): void {
    this.#record("restarting", {});
    this.#line("restart", "millrace.config.ts has changed");
  }

  news(news: RuntimeNews): void {
    switch (news.kind) {
      case "trouble":
        this.#trouble(news.error);
        return;
      case "scheduling": {
        const { schedules, next } = news.outlook;
        const due = next === null ? "" : `; the next tick is ${next.flow}'s, ${localInstant(next.atMs)}`;
        this.#scheduling(schedules === 0 ? "" : `${countText(schedules, "schedule")}${due}`);
        return;
      }
      case "alert_given_up": {
        const { id, rule, channel } = news.delivery;
        this.#record("alert_given_up", { alert: id, rule, channel });
        this.#line("alert", `${id} of ${rule} by ${channel} was given up; \`millrace alert log\` says why`);
        return;
      }
      case "alert_trouble":
        this.#line("alert", `alerts wait: ${toErrorInfo(news.error).message}`);
        return;
      case "worker":
        this.#record("worker", { change: news.change, worker: news.worker });
        this.#line("worker", workerText(news.worker, news.change));
        return;
      case "standing_by":
        this.#record("standing_by", {});
        this.#line("waiting", `runs are made elsewhere: ${leaderText(news.leader)}`);
        return;
      case "leading":
        if (news.runs > 0) this.#line("leading", `carries on with ${countText(news.runs, "run")}`);
        return;
      case "adopting":
      case "holding":
        return;
    }
  }

  run({ word, atMs, run, task, text, durationMs }: RunLine): void {
    const { id, flow } = run;
    const { style } = this.#console;
    const what = task === null ? `run.${word === "started" ? "started" : "finished"}` : `task.${word}`;
    const state = task === null && word !== "started" ? { state: word, durationMs } : {};
    this.#console.record({
      type: what,
      at: isoInstant(atMs),
      run: id,
      flow,
      ...state,
      ...(task === null ? {} : { task, error: text }),
    });
    const mark = word === "started" || word === "retrying" ? word : stateWord(word, style);
    const name = `${style.bold(flow)}${task === null ? "" : `  ${task}`}`;
    this.#line(mark, [name, style.dim(id), text].filter((part) => part !== "").join("  "), atMs);
  }

  requestFailed(error: unknown): void {
    this.#line("failed", `a request: ${toErrorInfo(error).message}`);
  }

  say(lines: readonly string[]): void {
    this.#console.print(lines);
  }

  stopping(drainMs: number): void {
    this.#record("stopping", { drainMs });
    this.#line("stopping", `attempts have ${formatDuration(drainMs)}; again to leave at once`);
  }

  stopped(): void {
    this.#record("stopped", {});
  }

  #scheduling(text: string): void {
    if (text === this.#schedules) return;
    this.#schedules = text;
    this.#line("schedules", text === "" ? "none any more" : text);
  }

  #trouble(error: MillraceError | null): void {
    this.#record(
      error === null ? "recovered" : "trouble",
      error === null ? {} : { error: errorRecord(toErrorInfo(error)) },
    );
    this.#line(error === null ? "recovered" : "trouble", troubleText(error, this.#console.style));
  }

  #record(word: string, fields: Fields): void {
    this.#console.record({ type: `dev.${word}`, at: isoInstant(Date.now()), ...fields });
  }

  #line(word: string, text: string, atMs = Date.now()): void {
    const { style } = this.#console;
    this.#console.print(`${style.dim(clockText(atMs))}  ${padEnd(word, 9)}  ${text}`.trimEnd());
  }
}

function recordOf({ added, removed, changed }: DefinitionDiff): Fields {
  return { added: added.map(({ name }) => name), removed, changed };
}
