import type { AttemptRow, RunId, TaskRunRow } from "@millrace/core";
import type { LogLine } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { Style } from "../output/style.ts";
import { clockText } from "../output/time-text.ts";

export type { LogLine } from "@millrace/server";

/** Lines are read in pages of this many. */
const PAGE_LINES = 5_000;

/** `12:00:01 stderr  boom`, with the fields the logger was given behind it. */
export function logLineText(line: LogLine, style: Style): string {
  const fields = line.data === undefined ? "" : ` ${style.dim(JSON.stringify(line.data))}`;
  return `${style.dim(clockText(line.t))} ${levelText(line, style)} ${line.text}${fields}`;
}

function levelText({ level, source }: LogLine, style: Style): string {
  const word = (source === "stdout" || source === "stderr" ? source : level).padEnd(6);
  switch (level) {
    case "debug":
      return style.dim(word);
    case "info":
      return word;
    case "warn":
      return style.yellow(word);
    case "error":
      return style.red(word);
  }
}

/** All lines of one attempt, or its last ones. */
async function readLogLines(
  runtime: RunAccess,
  attempt: Pick<AttemptRow, "id" | "run">,
  last = Number.POSITIVE_INFINITY,
): Promise<LogLine[]> {
  let lines: LogLine[] = [];
  for (let from = 0; ; ) {
    const page = await runtime.logs.read({ run: attempt.run, attempt: attempt.id, from, limit: PAGE_LINES });
    lines = lines.concat(page.lines);
    if (lines.length > last) lines = lines.slice(-last);
    if (page.ended || page.lines.length === 0) return lines;
    from += page.lines.length;
  }
}

/** The last lines that a task run's newest attempt wrote. */
export async function lastLogLines(runtime: RunAccess, row: TaskRunRow, most: number): Promise<LogLine[]> {
  const attempts = await attemptsOf(runtime, row.run);
  const newest = attempts
    .filter(({ node, item, hook }) => node === row.node && item === row.item && hook === row.hook)
    .at(-1);
  return newest === undefined ? [] : readLogLines(runtime, newest, most);
}

/** The attempts of a run in the order in which they were made. */
export async function attemptsOf(runtime: RunAccess, run: RunId): Promise<AttemptRow[]> {
  return [...(await runtime.store.history.listAttempts(run))].sort((a, b) => a.id - b.id);
}
