import { type BackfillId, type BackfillRow, type Command, MillraceError, refusalOf } from "@millrace/core";
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
  const id = await ask(runtime, command);
  console.record({ type: "backfill.requested", backfill: id });
  return await new BackfillWatch(runtime, call, id).toItsEnd();
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
  readonly #id: BackfillId;
  readonly #screen: Screen | undefined;
  readonly #startedMs = Date.now();
  #row: BackfillRow | undefined;
  /** What had ended when the watch began. */
  #before = 0;
  #saidMs = 0;
  #said = "";

  constructor(runtime: Runtime, call: CommandCall, id: BackfillId) {
    this.#runtime = runtime;
    this.#call = call;
    this.#id = id;
    const { console } = call;
    console.outliveReader();
    if (console.terminal !== undefined) {
      this.#screen = new Screen(console.terminal, () =>
        this.#row === undefined ? [] : progressText(this.#row, this.#pace(this.#row), console.style),
      );
    }
  }

  async toItsEnd(): Promise<ExitCode> {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const interruption = onInterruption(
      () => this.#interrupt(leave),
      () => this.#screen?.stop(),
    );
    try {
      await Promise.race([this.#follow(() => interruption.requested), left, this.#runtime.failed]);
    } finally {
      interruption.end();
      this.#screen?.stop();
    }
    return this.#tell(interruption.requested);
  }

  async #follow(isInterrupted: () => boolean): Promise<void> {
    this.#row = await this.#read();
    this.#before = endedOf(this.#row);
    this.#screen?.start();
    while (!(await this.#isOver(this.#row))) {
      await this.#nextChange();
      this.#row = await this.#read();
      this.#screen?.refresh();
      if (!isInterrupted()) this.#say(this.#row);
    }
  }

  /** It has ended; or it is paused, and nothing of it is under way here. */
  async #isOver(row: BackfillRow): Promise<boolean> {
    if (row.endedAtMs !== null) return true;
    if (row.state !== "paused") return false;
    const runs = await this.#runtime.store.triggers.listBackfillRuns(row.id);
    return runs.every(({ state }) => state === "success" || state === "failed" || state === "cancelled");
  }

  async #read(): Promise<BackfillRow> {
    const row = await this.#runtime.store.triggers.findBackfill(this.#id);
    if (row === undefined) throw new Error(`the backfill ${this.#id} is not in the store`);
    return row;
  }

  /** Events of this process's own engine come at once; changes of another are looked for. */
  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        stop();
        resolve();
      }, LOOK_MS);
      const stop = (): void => clearTimeout(timer);
    });
  }

  #interrupt(leave: () => void): void {
    if (this.#runtime.role !== "leader") {
      leave();
      return;
    }
    this.#call.console.complain("pausing, and waiting for what is under way; Ctrl-C again leaves at once");
    ask(this.#runtime, { kind: "change_backfill", backfill: this.#id, change: "pause" }).catch((error: unknown) => {
      this.#call.console.complain(`pausing failed: ${String(error)}`);
      leave();
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

  #tell(isInterrupted: boolean): ExitCode {
    const { console } = this.#call;
    const row = this.#row as BackfillRow;
    console.record(backfillRecord(row));
    const again = (what: string): string => `millrace backfill ${what} ${row.id}`;
    const isBad = row.failed + row.cancelled > 0 || row.state === "cancelled";
    console.print([
      progressLine(row, { perSecond: undefined, etaMs: undefined }),
      ...(row.state === "paused"
        ? [`  paused${row.reason === null ? "" : `: ${row.reason}`}; it goes on with: ${again("resume")}`]
        : []),
      ...(row.endedAtMs === null && row.state !== "paused" ? [`  it goes on; look at it with: ${again("show")}`] : []),
      ...(row.endedAtMs !== null && isBad ? [`  retry what failed: ${again("retry")}`] : []),
    ]);
    if (isInterrupted) return EXIT.interrupted;
    return row.state === "success" ? EXIT.success : EXIT.failed;
  }
}
