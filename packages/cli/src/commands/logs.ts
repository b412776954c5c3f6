import type { AttemptRow, RunRow } from "@millrace/core";
import type { LogLevel } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { onInterruption } from "../following/interruption.ts";
import { readCount, specOfRun } from "../following/open-runtime.ts";
import { findRun } from "../history/find-run.ts";
import { checkTaskName, matchesTask } from "../history/match-tasks.ts";
import { taskLabel } from "../history/task-label.ts";
import { attemptsOf, logLineText } from "../logs/log-lines.ts";
import { type AttemptLine, mergeLogs } from "../logs/merge-logs.ts";
import { isoInstant } from "../output/time-text.ts";
import { withAccess } from "../remote/with-access.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** `millrace logs <run>`. */
export async function logs(call: CommandCall): Promise<ExitCode> {
  const tail = readCount(call.options.text("tail"), "--tail");
  return await withAccess(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const run = await findRun(runtime, call.arguments[0] ?? "");
    const spec = await specOfRun(runtime, run);
    const task = call.options.text("task");
    if (task !== undefined) checkTaskName(spec, task);
    const reading = new LogReading({ runtime, call, run, spec });
    if (call.options.flag("follow") && !run.settled) return await reading.follow(tail);
    await reading.show(tail);
    return EXIT.success;
  });
}

interface Reading {
  readonly runtime: RunAccess;
  readonly call: CommandCall;
  readonly run: RunRow;
  readonly spec: FlowShape;
}

class LogReading {
  readonly #reading: Reading;
  readonly #lowest: number;
  #widest = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#lowest = LEVELS.indexOf((reading.call.options.text("level") ?? "debug") as LogLevel);
  }

  /** What is there now, in the order of time. */
  async show(tail: number | undefined): Promise<void> {
    await this.#showAll(await this.#wanted(), tail);
  }

  async #wanted(): Promise<AttemptRow[]> {
    const { runtime, run } = this.#reading;
    return (await attemptsOf(runtime, run.id)).filter((attempt) => this.#isWanted(attempt));
  }

  #isWanted({ node, item }: Pick<AttemptRow, "node" | "item">): boolean {
    const task = this.#reading.call.options.text("task");
    return task === undefined || matchesTask(this.#reading.spec, { node, item }, task);
  }

  async #showAll(attempts: readonly AttemptRow[], tail: number | undefined): Promise<void> {
    const kept: AttemptLine[] = [];
    for await (const one of mergeLogs(this.#reading.runtime, attempts)) {
      if (LEVELS.indexOf(one.line.level) < this.#lowest) continue;
      if (tail === undefined) this.#print(one);
      else if (kept.push(one) > tail) kept.shift();
    }
    for (const one of kept) this.#print(one);
  }

  /** What is there, then what comes, until the run is settled or somebody interrupts. */
  async follow(tail: number | undefined): Promise<ExitCode> {
    const { runtime, run } = this.#reading;
    const stop = new AbortController();
    const interruption = onInterruption(
      () => stop.abort(),
      () => {},
    );
    const pumps: Promise<void>[] = [];
    const seen = new Set<number>();
    const begin = (attempt: AttemptRow): void => {
      if (seen.has(attempt.id) || !this.#isWanted(attempt)) return;
      seen.add(attempt.id);
      pumps.push(this.#pump(attempt, stop.signal));
    };
    const lookAgain = async (): Promise<void> => {
      for (const attempt of await attemptsOf(runtime, run.id)) begin(attempt);
    };
    const looks: Promise<void>[] = [];
    const stopListening = runtime.onEvents((events) => {
      if (events.some((event) => event.run === run.id && event.type === "task.started")) looks.push(lookAgain());
    });
    runtime.followRun?.(run);
    const ended = (await this.#wanted()).filter(({ endedAtMs }) => endedAtMs !== null);
    for (const { id } of ended) seen.add(id);
    await this.#showAll(ended, tail);
    await lookAgain();
    const aborted = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
    await Promise.race([runtime.whenSettled(run.id), aborted]);
    stopListening();
    await Promise.all(looks);
    await lookAgain();
    stop.abort();
    await Promise.all(pumps);
    interruption.end();
    return interruption.requested ? EXIT.interrupted : EXIT.success;
  }

  async #pump(attempt: AttemptRow, signal: AbortSignal): Promise<void> {
    const { runtime, run } = this.#reading;
    for await (const line of runtime.logs.follow({ run: run.id, attempt: attempt.id, from: 0, signal })) {
      if (LEVELS.indexOf(line.level) >= this.#lowest) this.#print({ attempt, line });
    }
  }

  #print({ attempt, line }: AttemptLine): void {
    const { call, run, spec } = this.#reading;
    const label = taskLabel(spec, attempt);
    const { t, level, source, text, data } = line;
    const fields = data === undefined ? {} : { data };
    const at = isoInstant(t);
    call.console.record({
      type: "log",
      run: run.id,
      task: label,
      attempt: attempt.id,
      try: attempt.number,
      at,
      level,
      source,
      text,
      ...fields,
    });
    // Names are aligned to the widest so far: nobody knows the widest to come.
    this.#widest = Math.max(this.#widest, label.length);
    const { style } = call.console;
    call.console.print(`${style.cyan(label.padEnd(this.#widest))}  ${logLineText(line, style)}`);
  }
}
