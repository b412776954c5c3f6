import { formatDuration, type MillraceError, toErrorInfo } from "@millrace/core";
import type { Runtime, RuntimeNews } from "@millrace/server";
import { troubleText } from "../following/open-runtime.ts";
import type { Console } from "../output/console.ts";
import { countText } from "../output/count-text.ts";
import { errorRecord } from "../output/error-text.ts";
import { padEnd } from "../output/text-width.ts";
import { clockText, isoInstant, localInstant } from "../output/time-text.ts";
import type { Access } from "../serving/listen.ts";
import { leaderRecord, leaderText, workerText } from "./server-text.ts";

/** Says what becomes of a server: a line each, or a record. */
export class ServerReporter {
  readonly #console: Console;
  /** What was heard before the first line. Undefined once that is written. */
  #early: RuntimeNews[] | undefined = [];

  #address: string | null = null;

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

  /** @param address null while another process has the port. */
  listening(address: string | null): void {
    if (address === null) {
      this.#say("port_taken", "webhooks and the API are with another process; this one waits", {});
      return;
    }
    this.#address = address;
    this.#say("listening", `${address}, for webhooks and the API`, { address, api: `${address}/api/v1` });
  }

  /** Who is let in, and how the first one gets in. */
  access({ needs, url, setupToken, isPlain }: Access): void {
    const place = url ?? this.#address;
    this.#say("access", accessText(needs, place), { needs, url: place, setupToken });
    const { style } = this.#console;
    if (setupToken !== null) {
      this.#console.print([
        `  ${style.bold(setupToken)}`,
        style.dim("  makes the first user, once, within a day: at that address, or by POST /api/v1/setup."),
        style.dim("  Or make one here: millrace user add <name> --grant admin"),
      ]);
    }
    if (isPlain) {
      const why =
        "passwords and tokens travel unencrypted; put a proxy with TLS in front, and say --public-url https://…";
      this.#console.complain(`${this.#console.errorStyle.yellow("warning:")} ${why}`);
    }
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
      case "alert_given_up": {
        const { id, rule, channel, tries } = news.delivery;
        const why = tries.at(-1)?.text ?? "";
        const text = `${id} of ${rule} by ${channel} was given up: ${why}; \`millrace alert retry ${id}\` tries again`;
        this.#say("alert", text, { alert: id, rule, channel, error: why });
        return;
      }
      case "alert_trouble": {
        const error = toErrorInfo(news.error);
        this.#say("alert", `alerts wait: ${error.message}`, { error: errorRecord(error) });
        return;
      }
      case "worker": {
        const { change, worker } = news;
        this.#say("worker", workerText(worker, change), { change, worker });
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

function accessText(needs: Access["needs"], url: string | null): string {
  switch (needs) {
    case "nothing":
      return "whoever is on this machine, without a login; `millrace user add` makes the first user, and asks everybody";
    case "login":
      return "whoever logs in, or has a token";
    case "setup":
      return `nobody yet: make the first user${url === null ? "" : ` at ${url}`} with this token:`;
  }
}
