import { createInterface } from "node:readline";
import { isMillraceError, MillraceError } from "@millrace/core";
import { cronTicks, type Ticks, ticksOf } from "@millrace/core/time";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import {
  type AskedSchedule,
  askedSchedules,
  checkCount,
  parseInstant,
  readFrom,
  readTickCount,
} from "../../schedule-view/asked-schedules.ts";
import { firstTicks, tickText, zonedText } from "../../schedule-view/ticks-text.ts";

/** `millrace schedule next`. */
export async function next(call: CommandCall): Promise<ExitCode> {
  if (call.options.flag("batch")) return await answerBatch(call);
  const range = { fromMs: readFrom(call), count: readTickCount(call), inclusive: true };
  const asked = await askedSchedules(call);
  for (const schedule of asked) {
    const ticks = ticksOf(schedule.spec);
    const found = ticks === undefined ? null : firstTicks(ticks, range);
    printTicks(call, schedule, { found, isAlone: asked.length === 1 });
  }
  return EXIT.success;
}

interface Found {
  /** Null: the calendar does not tell. */
  readonly found: readonly number[] | null;
  readonly isAlone: boolean;
}

function printTicks({ console }: CommandCall, { flow, spec }: AskedSchedule, { found, isAlone }: Found): void {
  const { name, timeZone, timing } = spec;
  const ticks = found?.map(tickText) ?? null;
  console.record({ type: "schedule.next", flow, schedule: flow === null ? null : name, timeZone, ticks });
  if (!isAlone) console.note(console.style.bold(name));
  if (found === null) {
    const why = timing.kind === "custom" ? "its function says when" : "as soon as the run before has ended";
    console.print(console.style.dim(`not told by the calendar: ${why}`));
  } else if (found.length === 0) console.print(console.style.dim("no tick any more"));
  else {
    console.print(
      found.map((tick) => (console.quiet ? tickText(tick) : `${tickText(tick)}  ${zonedText(tick, timeZone)}`)),
    );
  }
}

/** Answers are written together: a reader who asks for a million of them should not wait for each. */
const WRITTEN_TOGETHER = 512;

async function answerBatch({ options, arguments: given }: CommandCall): Promise<ExitCode> {
  const odd = ["cron", "time-zone", "from", "count"].find((name) => options.text(name) !== undefined);
  if (odd !== undefined || given.length > 1) {
    const what = odd === undefined ? "a flow" : `--${odd}`;
    throw new MillraceError("USAGE", `--batch reads what to do from standard input; ${what} belongs there.`, {
      hint: 'Each line is like {"cron":"0 2 * * *","timeZone":"Europe/Zurich","from":"2026-01-31T00:00:00Z","count":3}.',
    });
  }
  const known = new Map<string, Ticks>();
  let answers: string[] = [];
  const write = async (): Promise<void> => {
    const isFull = answers.length > 0 && !process.stdout.write(`${answers.join("\n")}\n`);
    answers = [];
    if (isFull) await new Promise((resolve) => process.stdout.once("drain", resolve));
  };
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    answers.push(JSON.stringify(answer(line, known)));
    // Whoever writes one request and waits for its answer gets it.
    if (answers.length >= WRITTEN_TOGETHER || process.stdin.readableLength === 0) await write();
  }
  await write();
  return EXIT.success;
}

type Answer =
  | { readonly ticks: readonly string[] }
  | { readonly error: { readonly code: string; readonly message: string } };

function answer(line: string, known: Map<string, Ticks>): Answer {
  try {
    const { cron, timeZone = "UTC", from, count = 1, inclusive = true } = readRequest(line);
    if (typeof cron !== "string") throw badRequest('it needs "cron", an expression');
    if (typeof inclusive !== "boolean") throw badRequest('"inclusive" is true or false');
    const key = `${cron}\n${String(timeZone)}`;
    const ticks = known.get(key) ?? cronTicks(cron, timeZone as string);
    known.set(key, ticks);
    const fromMs = from === undefined ? Date.now() : parseInstant(from, '"from"');
    return { ticks: firstTicks(ticks, { fromMs, count: checkCount(count, '"count"'), inclusive }).map(tickText) };
  } catch (thrown) {
    if (!isMillraceError(thrown)) throw thrown;
    return { error: { code: thrown.code, message: thrown.message } };
  }
}

function readRequest(line: string): Readonly<Record<string, unknown>> {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    throw badRequest("it is no JSON");
  }
  if (typeof request === "object" && request !== null && !Array.isArray(request)) {
    return request as Record<string, unknown>;
  }
  throw badRequest("it is no object");
}

function badRequest(why: string): MillraceError {
  return new MillraceError("USAGE", `The request cannot be answered: ${why}.`);
}
