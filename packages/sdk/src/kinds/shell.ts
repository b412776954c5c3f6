import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import type { TaskContext } from "../task/context.ts";
import { defineTask } from "../task/define-task.ts";
import type { TaskOptions } from "../task/policy-options.ts";
import type { Task } from "../task/task.ts";
import { lineLogger } from "./command/attempt-lines.ts";
import { exchangeVariables, inputVariables, readVariables, withExchange } from "./command/environment.ts";
import { commandFailed } from "./command/failure.ts";
import { type OutputForm, type OutputIn, readOutput, readOutputFile } from "./command/output.ts";
import { type CommandEnd, commandGraceMs, runCommand } from "./command/run-command.ts";
import { type MaybeSecret, secretNames } from "./secret.ts";
import { neverAgain } from "./verdict.ts";

/** One argument, or a function of the input that gives one or several. */
type Argument<In> = string | number | ((input: In) => string | number | readonly (string | number)[]);

/** What a `shell` task runs, with the policies that every task takes. */
export interface ShellOptions<In, Checked, Form extends OutputForm> extends TaskOptions {
  /**
   * A text is a shell line, run by `/bin/sh -c` because you wrote one: pipes and variables work. Inputs reach it as
   * environment variables, `orderId` as `$INPUT_ORDER_ID`, and are never pasted into it.
   *
   * A list is a program with its arguments; no shell sees it. An element may be a function of the input.
   *
   * The whole input is also in the file `$MILLRACE_INPUT`, as JSON; the run's parameters are in `$MILLRACE_PARAMS`.
   */
  readonly command: string | readonly Argument<Checked>[];
  /** What the task takes: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
  /**
   * What the task gives, read from standard output (see `outputFrom`): `"text"`, `"lines"`, `"json"`, or a schema for
   * JSON. Defaults to `"none"`.
   */
  readonly output?: Form;
  /** `"file"` reads the output from the file named in `$MILLRACE_OUTPUT` instead. Defaults to `"stdout"`. */
  readonly outputFrom?: "stdout" | "file";
  /**
   * Whether standard output goes to the log though it is the task's output. Standard error always does. Defaults to
   * true, except where the output is JSON.
   */
  readonly echo?: boolean;
  /** Environment variables, beside those of the worker; `undefined` takes one away. Defaults to none. */
  readonly env?: Readonly<Record<string, MaybeSecret | undefined>>;
  /** The working folder, relative to the project's. Defaults to the project's folder. */
  readonly cwd?: string;
  /** What the command reads from standard input: text, bytes, or a function of the input. Defaults to nothing. */
  readonly stdin?: string | Uint8Array | ((input: Checked) => string | Uint8Array);
  /** Exit codes that are a success. Defaults to `[0]`. */
  readonly okExitCodes?: readonly number[];
}

/**
 * A task that runs a command. Its lines are in the task's log while it runs; when the task is cancelled or times out,
 * the command and its children get SIGTERM, and SIGKILL after `grace`.
 *
 * It fails with `COMMAND_FAILED` when the exit code is not a good one, and with `COMMAND_NOT_FOUND`, never retried, when
 * there is no such command.
 *
 * @example
 * const dump = shell("dump", {
 *   command: ["pg_dump", "--table", ({ table }) => table, "--file", ({ file }) => file],
 *   input: type<{ table: string; file: string }>(),
 * });
 */
export function shell<In = void, Checked = In, const Form extends OutputForm = "none">(
  name: string,
  options: ShellOptions<In, Checked, Form>,
): Task<In, OutputIn<Form>> {
  const site = new CallSite(shell);
  const { command, input, output, outputFrom, echo, env, cwd, stdin, okExitCodes, ...policies } = options;
  checkCommand(name, command, site);
  const form = output ?? "none";
  const fromStdout = form !== "none" && (outputFrom ?? "stdout") === "stdout";
  const config: ShellConfig<Checked> = {
    name,
    command,
    form,
    fromStdout,
    echo: echo ?? (!fromStdout || form === "text" || form === "lines"),
    env: env ?? {},
    cwd: cwd ?? ".",
    stdin: stdin ?? null,
    okExitCodes: okExitCodes ?? [0],
    graceMs: commandGraceMs(policies.grace),
  };
  return defineTask<In, OutputIn<Form>, Checked>({
    name,
    taskKind: "shell",
    options: policies,
    details: { command: commandText(command) },
    secrets: secretNames(env),
    input,
    site,
    run: async (value, context) => (await runShell(config, value, context)) as OutputIn<Form>,
  });
}

function checkCommand(name: string, command: unknown, site: CallSite): void {
  if (typeof command === "string" ? command.trim() !== "" : Array.isArray(command) && command.length > 0) return;
  throw refusal(
    {
      code: "INVALID_OPTION",
      message: `the command of task "${name}" is missing`,
      hint: 'Write a shell line, command: "make report", or a list, command: ["make", "report"].',
    },
    site,
  );
}

/** For people; what depends on the input shows as its source. */
function commandText(command: string | readonly unknown[]): string {
  return typeof command === "string" ? command : command.map(String).join(" ");
}

/** A `shell` task's own part, complete. */
interface ShellConfig<Checked> {
  readonly name: string;
  readonly command: string | readonly Argument<Checked>[];
  readonly form: OutputForm;
  readonly fromStdout: boolean;
  readonly echo: boolean;
  readonly env: Readonly<Record<string, MaybeSecret | undefined>>;
  readonly cwd: string;
  readonly stdin: string | Uint8Array | ((input: Checked) => string | Uint8Array) | null;
  readonly okExitCodes: readonly number[];
  readonly graceMs: number;
}

/** What a shell exits with when it finds no such command (POSIX, 2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

async function runShell<Checked>(config: ShellConfig<Checked>, input: Checked, context: TaskContext): Promise<unknown> {
  const { form, fromStdout, stdin, name } = config;
  const log = lineLogger(context);
  return await withExchange(input, context, async (exchange) => {
    const end = await runCommand({
      argv: argvOf(config.command, input),
      env: {
        ...exchangeVariables(exchange, context),
        ...inputVariables(input, context),
        ...(await readVariables(config.env, `"${name}"`, context)),
      },
      cwd: resolve(context.projectDir, config.cwd),
      stdin: typeof stdin === "function" ? stdin(input) : stdin,
      signal: context.signal,
      graceMs: config.graceMs,
      keepStdout: fromStdout,
      onLine: (stream, line) => {
        if (stream === "stderr" || config.echo) log(stream, line);
      },
    });
    if (!config.okExitCodes.includes(end.exitCode)) throw shellFailed(config, end);
    if (!fromStdout) return await readOutputFile(form, exchange.outputFile, name);
    return await readOutput(form, end.stdout.toString("utf8"), `the standard output of "${name}"`);
  });
}

function argvOf<In>(command: string | readonly Argument<In>[], input: In): string[] {
  if (typeof command === "string") return ["/bin/sh", "-c", command];
  return command.flatMap((argument) => {
    const value = typeof argument === "function" ? argument(input) : argument;
    return (Array.isArray(value) ? value : [value]).map(String);
  });
}

function shellFailed<In>(config: ShellConfig<In>, end: CommandEnd): MillraceError {
  const failed = commandFailed(`The command of "${config.name}"`, end);
  if (typeof config.command !== "string" || end.signal !== null) return failed;
  if (end.exitCode !== NOT_FOUND && end.exitCode !== NOT_EXECUTABLE) return failed;
  const hint =
    end.exitCode === NOT_FOUND
      ? `Install it, or add its folder to PATH, which is ${process.env["PATH"] ?? "not set"}.`
      : "Make it executable with chmod +x.";
  return neverAgain(new MillraceError("COMMAND_NOT_FOUND", failed.message, { hint }));
}
