import type { ErrorInfo } from "@millrace/core";
import type { Style } from "./style.ts";

export interface ErrorTextOptions {
  /** The author's stack lines too, for errors of users' code. */
  readonly stack?: boolean;
}

/**
 * An error as people read it: what is wrong, the source, the causes, and what to try.
 *
 * ```
 * error MISSING_CONNECTION: Task "load" uses the connection "warehouse", which the project does not define.
 *     3 | const load = sql("load", { connection: "warehouse", … });
 *   caused by TypeError: …
 *   hint: Add it to `connections` in millrace.config.ts.
 * ```
 */
export function errorText(error: ErrorInfo, style: Style, options: ErrorTextOptions = {}): string[] {
  const lines = [`${style.red(style.bold(titleOf(error)))} ${error.message.trimEnd()}`];
  lines.push(...frameLines(error, style));
  if (options.stack === true) lines.push(...stackLines(error, style));
  for (let cause = error.cause; cause !== null; cause = cause.cause) {
    if (error.message.includes(cause.message)) continue;
    lines.push(`  ${style.dim("caused by")} ${nameOf(cause)}: ${indentRest(cause.message.trimEnd())}`);
    if (error.frame === null) lines.push(...frameLines(cause, style));
  }
  const hint = firstHint(error);
  if (hint !== undefined) lines.push(`  ${style.cyan("hint:")} ${indentRest(hint)}`);
  return lines;
}

function titleOf(error: ErrorInfo): string {
  return error.code === null ? `error ${error.name}:` : `error ${error.code}:`;
}

function nameOf(error: ErrorInfo): string {
  return error.code ?? error.name;
}

function indentRest(text: string): string {
  return text.split("\n").join("\n  ");
}

function frameLines(error: ErrorInfo, style: Style): string[] {
  if (error.frame === null) return [];
  const lines = error.frame.trimEnd().split("\n");
  return lines.map((line) => `  ${/^\s*>|^\s*\d*\s*\|\s*\^/.test(line) ? line : style.dim(line)}`);
}

const MOST_STACK_LINES = 5;

/** The lines of a stack that are the author's: not Node's own, not a dependency's. */
function stackLines(error: ErrorInfo, style: Style): string[] {
  const own = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !/node:|node_modules/.test(line))
    .slice(0, MOST_STACK_LINES);
  return own.map((line) => style.dim(`    ${line.trim()}`));
}

/** The hint nearest to the surface: a wrapper seldom knows better than what it wraps. */
function firstHint(error: ErrorInfo): string | undefined {
  for (let at: ErrorInfo | null = error; at !== null; at = at.cause) if (at.hint !== null) return at.hint;
  return undefined;
}

/** An error as a record for programs, its causes too. */
export function errorRecord(error: ErrorInfo): Readonly<Record<string, unknown>> {
  return {
    code: error.code,
    name: error.name,
    message: error.message,
    hint: error.hint,
    frame: error.frame,
    cause: error.cause === null ? null : errorRecord(error.cause),
  };
}
