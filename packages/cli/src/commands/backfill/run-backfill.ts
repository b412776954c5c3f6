import { setTimeout as delay } from "node:timers/promises";
import { type BackfillId, type BackfillRow, type Command, isBlocked, MillraceError, refusalOf } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import { backfillRecord } from "../../backfill-view/backfill-text.ts";
import { endedOf, type Pace, progressLine, progressText } from "../../backfill-view/progress-text.ts";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { onInterruption } from "../../following/interruption.ts";
import { Screen } from "../../output/screen.ts";

/** How often the store is looked at: nothing else announces what another process does. */
const LOOK_MS = 200;
/** Where there is no terminal, a line at most every so often. */
const LINE_MS = 5_000;

/** Asks for a backfill, or for one to go on, and watches it to its end; with --detach it only asks. */
export async function runBackfill(runtime: Runtime, call: CommandCall, command: Command): Promise<ExitCode> {
  const { console, options } = call;
  if (options.has("detach") && options.flag("detach")) {
    await refuseWithoutServer(runtime);
    const id = await ask(runtime, command);
    console.record({ type: "backfill.requested", backfill: id });
    console.print(id);
    return EXIT.success;
  }
  return await new BackfillWatch(runtime, call).run(command);
}

/** Gives the backfill's id. Throws what the leader refuses. */
export async function ask(runtime: Runtime, command: Command): Promise<BackfillId> {
  const answer = await runtime.submit(command);
  if (!answer.ok) throw refusalOf(answer.error);
  if (answer.run !== null || answer.backfill === undefined) throw new Error("the answer names no backfill");
  return answer.backfill;
}

async function refuseWithoutServer(runtime: Runtime): Promise<void> {
  const { leader, servers } = await runtime.servers();
  if (leader !== null || servers.some(({ isThere }) => isThere)) return;
  throw new MillraceError("NO_SERVER", "There is no server to leave the backfill to; nothing was asked for.", {
    hint: "Start one with `millrace server`, or leave out --detach and it goes on here.",
  });
}

/** Follows one backfill. Ctrl-C pauses it where this process runs it, and else only stops watching. */
class BackfillWatch {
  readonly #runtime: Runtime;
  readonly #call: CommandCall;
  /** Undefined until it is there. */
  #id: BackfillId | undefined;
  readonly #screen: Screen | undefined;
  readonly #startedMs = Date.now();
  readonly #left = Promise.withResolvers<void>();
  #row: BackfillRow | undefined;
  /** What had ended when the watch began. */
  #before = 0;
  #saidMs = 0;
  #said = "";

  constructor(runtime: Runtime, call: CommandCall) {
    this.#runtime = runtime;
    this.#call = call;
    const { console } = call;
    console.outliveReader();
    if (console.terminal !== undefined) {
      this.#screen = new Screen(console.terminal, () =>
        this.#row === undefined ? [] : progressText(this.#row, this.#pace(this.#row), console.style),
      );
    }
  }

  async run(command: Command): Promise<ExitCode> {
    const interruption = onInterruption(
      () => this.#interrupt(),
      () => this.#screen?.stop(),
    );
    try {
      this.#id = await ask(this.#runtime, command);
      this.#call.console.record({ type: "backfill.requested", backfill: this.#id });
      this.#row = await this.#read(this.#id);
      if (command.kind === "change_backfill" && command.change === "retry_failed") {
        this.#call.console.note(`goes on with the code as it is now, version ${this.#row.version.slice(0, 12)}`);
      }
      // Interrupted before it was there.
      if (interruption.requested) this.#interrupt();
      const followed = this.#follow(this.#row, () => interruption.requested);
      await Promise.race([followed, this.#left.promise, this.#runtime.failed]);
      return this.#tell(this.#row, interruption.requested);
    } finally {
      interruption.end();
      this.#screen?.stop();
    }
  }

  async #follow(begun: BackfillRow, isInterrupted: () => boolean): Promise<void> {
    this.#before = endedOf(begun);
    this.#screen?.start();
    for (let row = begun; !(await this.#isOver(row)); ) {
      await delay(LOOK_MS);
      row = await this.#read(begun.id);
      this.#row = row;
      this.#screen?.refresh();
      if (!isInterrupted()) this.#say(row);
    }
  }

  /** It has ended; or it is paused, and nothing of it is under way here. */
  async #isOver(row: BackfillRow): Promise<boolean> {
    if (row.endedAtMs !== null) return true;
    if (row.state !== "paused") return false;
    const runs = await this.#runtime.store.triggers.listBackfillRuns(row.id);
    return runs.every(({ state }) => state === "success" || state === "failed" || state === "cancelled");
  }

  async #read(id: BackfillId): Promise<BackfillRow> {
    const row = await this.#runtime.store.triggers.findBackfill(id);
    if (row === undefined) throw new Error(`the backfill ${id} is not in the store`);
    return row;
  }

  #interrupt(): void {
    if (this.#id === undefined) return;
    if (this.#runtime.role !== "leader") {
      this.#left.resolve();
      return;
    }
    this.#call.console.complain("pausing, and waiting for what is under way; Ctrl-C again leaves at once");
    ask(this.#runtime, { kind: "change_backfill", backfill: this.#id, change: "pause" }).catch((error: unknown) => {
      this.#call.console.complain(`pausing failed: ${String(error)}`);
      this.#left.resolve();
    });
  }

  #pace(row: BackfillRow): Pace {
    const ended = endedOf(row) - this.#before;
    const seconds = (Date.now() - this.#startedMs) / 1_000;
    if (ended <= 0 || seconds <= 0) return { perSecond: undefined, etaMs: undefined };
    const perSecond = ended / seconds;
    const left = row.plan.runs - endedOf(row);
    return { perSecond, etaMs: row.state === "running" ? (left / perSecond) * 1_000 : undefined };
  }

  #say(row: BackfillRow): void {
    const { console } = this.#call;
    const key = `${row.state} ${endedOf(row)}`;
    if (this.#screen !== undefined || key === this.#said || Date.now() - this.#saidMs < LINE_MS) return;
    this.#said = key;
    this.#saidMs = Date.now();
    console.record({ ...backfillRecord(row), type: "backfill.progress" });
    console.note(progressLine(row, this.#pace(row)));
  }

  #tell(row: BackfillRow, isInterrupted: boolean): ExitCode {
    this.#screen?.stop();
    const { console } = this.#call;
    console.record(backfillRecord(row));
    const again = (what: string): string => `millrace backfill ${what} ${row.id}`;
    const isBad = row.failed + row.cancelled > 0 || row.state === "cancelled";
    const next = isBlocked(row) ? "retry" : "resume";
    console.print([
      progressLine(row, { perSecond: undefined, etaMs: undefined }),
      ...(row.state === "paused"
        ? [`  paused${row.reason === null ? "" : `: ${row.reason}`}; it goes on with: ${again(next)}`]
        : []),
      ...(row.endedAtMs === null && row.state !== "paused" ? [`  it goes on; look at it with: ${again("show")}`] : []),
      ...(row.endedAtMs !== null && isBad ? [`  retry what failed: ${again("retry")}`] : []),
    ]);
    if (isInterrupted) return EXIT.interrupted;
    return row.state === "success" ? EXIT.success : EXIT.failed;
  }
}
