import { formatDuration, labelsText, type WorkerLabels } from "@millrace/core";
import type { WorkerNews } from "@millrace/server/worker";
import type { Console } from "../output/console.ts";
import { countText } from "../output/count-text.ts";
import { padEnd } from "../output/text-width.ts";
import { clockText, isoInstant } from "../output/time-text.ts";

/** Says what becomes of a worker: a line each, or a record. */
export class WorkerReporter {
  readonly #console: Console;

  constructor(console: Console) {
    this.#console = console;
  }

  started({
    name,
    folder,
    labels,
  }: {
    readonly name: string;
    readonly folder: string;
    readonly labels: WorkerLabels;
  }): void {
    const has = Object.keys(labels).length === 0 ? "" : `, ${labelsText(labels)}`;
    this.#say("started", `${name} in ${folder}${has}`, { name, project: folder, labels });
  }

  /** @param busy how many attempts it has. */
  news(news: WorkerNews, busy: number): void {
    const meanwhile = busy === 0 ? "" : `; ${countText(busy, "attempt")} here`;
    switch (news.kind) {
      case "connected":
        this.#say("connected", `${news.server}${meanwhile}`, { server: news.server, attempts: busy });
        return;
      case "disconnected": {
        const { server, reason } = news;
        this.#say("disconnected", `${server}: ${reason}${meanwhile}`, { server, reason, attempts: busy });
        return;
      }
      case "waiting": {
        const { server, reason, hint } = news;
        this.#say("waiting", `${server}: ${reason}${hint === null ? "" : ` ${hint}`}`, { server, reason, hint });
        return;
      }
      case "gave_up": {
        const { attempts } = news;
        const why = "nothing answers, and others may run them by now";
        this.#say("gave_up", `${countText(attempts, "attempt")} ended: ${why}`, { attempts });
        return;
      }
    }
  }

  stopping(busy: number, drainMs: number): void {
    const what = busy === 0 ? "nothing runs here" : `${countText(busy, "attempt")} have ${formatDuration(drainMs)}`;
    this.#say("stopping", what, { attempts: busy, drainMs });
  }

  stopped(): void {
    this.#say("stopped", "", {});
  }

  /** @param word the record's type, and in front of the line. */
  #say(word: string, text: string, record: Readonly<Record<string, unknown>>): void {
    const atMs = Date.now();
    this.#console.record({ type: `worker.${word}`, at: isoInstant(atMs), pid: process.pid, ...record });
    const time = this.#console.style.dim(clockText(atMs));
    this.#console.print(`${time}  ${padEnd(word.replace("_", " "), 12)}  ${text}`.trimEnd());
  }
}
