import { formatDuration, type MillraceError, toErrorInfo } from "@millrace/core";
import type { Runtime, RuntimeNews } from "@millrace/server";
import { troubleText } from "../following/open-runtime.ts";
import type { Console } from "../output/console.ts";
import { countText } from "../output/count-text.ts";
import { errorRecord } from "../output/error-text.ts";
import { padEnd } from "../output/text-width.ts";
import { clockText, isoInstant, localInstant } from "../output/time-text.ts";
import { leaderRecord, leaderText } from "./server-text.ts";

/** Says what becomes of a server: a line each, or a record. */
export class ServerReporter {
  readonly #console: Console;
  /** What was heard before the first line. Undefined once that is written. */
  #early: RuntimeNews[] | undefined = [];

  constructor(console: Console) {
    this.#console = console;
  }

  async started({ project, build }: Runtime): Promise<void> {
    const { describeAddress } = await import("@millrace/server");
    const database = describeAddress(project.database);
    const version = build?.version ?? null;
    const on = version === null ? "" : `, version ${version.slice(0, 12)}`;
    this.#say("started", `${project.dir}, database ${database}${on}`, { project: project.dir, database, version });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const news of early) this.news(news);
  }

  news(news: RuntimeNews): void {
    // Trouble may be why it has not started yet.
    if (news.kind === "trouble") this.#trouble(news.error);
    else if (this.#early !== undefined) this.#early.push(news);
    else this.#role(news);
  }

  /**
   * @param address null while another process has the port.
   * @param hasApi false on an address that others reach: then it takes webhooks alone.
   */
  listening(address: string | null, hasApi: boolean): void {
    if (address === null) {
      this.#say("port_taken", "webhooks and the API are with another process; this one waits", {});
      return;
    }
    const what = hasApi ? "for webhooks and the API" : "for webhooks; the API is served on 127.0.0.1 alone";
    this.#say("listening", `${address}, ${what}`, { address, api: hasApi ? `${address}/api/v1` : null });
  }

  requestFailed(error: unknown): void {
    const { message } = toErrorInfo(error);
    this.#say("request_failed", message, { error: errorRecord(toErrorInfo(error)) });
  }

  stopping(drainMs: number): void {
    this.#say("stopping", `leaves the lead to others; attempts have ${formatDuration(drainMs)}`, { drainMs });
  }

  stopped(): void {
    this.#say("stopped", "", {});
  }

  #role(news: Exclude<RuntimeNews, { readonly kind: "trouble" }>): void {
    switch (news.kind) {
      case "leading": {
        const { epoch, runs } = news;
        const work = runs === 0 ? "" : `; carries on with ${countText(runs, "run")}`;
        this.#say("leading", `epoch ${epoch}${work}`, { epoch, runs });
        return;
      }
      case "adopting": {
        const { attempts } = news;
        this.#say("adopting", `${countText(attempts, "attempt")} of former leaders`, { attempts });
        return;
      }
      case "scheduling": {
        const { schedules, next } = news.outlook;
        const due = next === null ? "" : `; the next tick is ${next.flow}'s, ${localInstant(next.atMs)}`;
        this.#say("scheduling", `${schedules === 0 ? "no schedules" : countText(schedules, "schedule")}${due}`, {
          schedules,
          next: next === null ? null : { flow: next.flow, schedule: next.name, at: isoInstant(next.atMs) },
        });
        return;
      }
      case "standing_by":
        this.#say("standing_by", leaderText(news.leader), { leader: leaderRecord(news.leader) });
        return;
      case "holding": {
        const { attempts } = news;
        this.#say("holding", `leads no more; ${countText(attempts, "attempt")} still running here`, { attempts });
        return;
      }
    }
  }

  #trouble(error: MillraceError | null): void {
    const text = troubleText(error, this.#console.style);
    if (error === null) this.#say("recovered", text, {});
    else this.#say("trouble", text, { error: errorRecord(toErrorInfo(error)) });
  }

  /** @param word the record's type, and in front of the line. */
  #say(word: string, text: string, record: Readonly<Record<string, unknown>>): void {
    const atMs = Date.now();
    this.#console.record({ type: `server.${word}`, at: isoInstant(atMs), pid: process.pid, ...record });
    const time = this.#console.style.dim(clockText(atMs));
    this.#console.print(`${time}  ${padEnd(word.replace("_", " "), 11)}  ${text}`.trimEnd());
  }
}
