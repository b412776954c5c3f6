import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { TaskContext } from "../../task/context.ts";
import { lineLogger } from "../command/attempt-lines.ts";
import {
  type Exchange,
  exchangeVariables,
  inputVariables,
  readVariables,
  withExchange,
} from "../command/environment.ts";
import { commandFailed } from "../command/failure.ts";
import { checkOutput, type OutputForm, readOutput, readOutputFile } from "../command/output.ts";
import { type CommandEnd, type CommandRequest, runCommand } from "../command/run-command.ts";
import { plainText } from "../plain-json.ts";
import { type MaybeSecret, maskSecrets } from "../secret.ts";
import { neverAgain } from "../verdict.ts";
import { versionFile } from "../version-file.ts";
import { FileTail } from "./file-tail.ts";
import { findPython, venvVariables } from "./find-python.ts";
import { startWarm } from "./interpreter.ts";
import { type PipesOptions, pipesContext, pipesVariable } from "./pipes-context.ts";
import { PipesMessages } from "./pipes-messages.ts";
import { asError, findException, type PythonException } from "./python-exception.ts";

/** A `python` task's own part, complete. */
export interface PythonConfig {
  readonly name: string;
  /** A script, relative to the project's folder, or a module. */
  readonly program: { readonly script: string } | { readonly module: string };
  readonly args: (input: unknown) => readonly string[];
  readonly python: string | null;
  readonly venv: string | null;
  readonly env: Readonly<Record<string, MaybeSecret | undefined>>;
  readonly cwd: string;
  readonly form: OutputForm;
  readonly outputFrom: "file" | "stdout" | "message";
  /** Null: the script is not told of Dagster Pipes. */
  readonly pipes: PipesOptions<never> | null;
  readonly okExitCodes: readonly number[];
  readonly graceMs: number;
}

/** Runs the script or module of a `python` task and gives its output. */
export async function runPython(config: PythonConfig, input: unknown, context: TaskContext): Promise<unknown> {
  const program = programOf(config, context);
  const python = findPython({ task: config.name, venv: config.venv, python: config.python }, context.projectDir);
  const keepStdout = config.form !== "none" && config.outputFrom === "stdout";
  const log = lineLogger(context);
  return await withExchange(input, context, async (exchange) => {
    const pipes = config.pipes === null ? null : await openPipes(config.pipes, { exchange, input, context });
    const end = await runCommand({
      argv: [python, ...program, ...config.args(input)],
      env: {
        ...exchangeVariables(exchange, context),
        ...inputVariables(input, context),
        ...venvVariables(config.venv, context.projectDir),
        ...pipes?.variables,
        ...withPython(config, context, await readVariables(config.env, `"${config.name}"`, context)),
      },
      cwd: resolve(context.projectDir, config.cwd),
      stdin: null,
      signal: context.signal,
      graceMs: config.graceMs,
      keepStdout,
      ...warmStart(config, context),
      onLine: (stream, line) => {
        if (stream === "stderr" || !keepStdout) log(stream, line);
      },
    }).finally(() => pipes?.tail.stop());
    pipes?.messages.end(end.signal !== null);
    const closedWith = pipes?.messages.exception ?? null;
    if (closedWith !== null || !config.okExitCodes.includes(end.exitCode)) throw pythonFailed(config, end, closedWith);
    return await outputOf(config, { end, exchange, custom: pipes?.messages.lastCustom });
  });
}

/** Scripts are run by a fork of an interpreter that the worker keeps. On macOS a fork that goes on may break. */
function warmStart({ program }: PythonConfig, { keepProcess }: TaskContext): Pick<CommandRequest, "start"> {
  if (keepProcess === undefined || "module" in program || process.platform !== "linux") return {};
  return { start: (request) => startWarm(request, keepProcess) };
}

interface PipesSession {
  readonly variables: Readonly<Record<string, string>>;
  readonly messages: PipesMessages;
  readonly tail: FileTail;
}

/** Makes the two files of Dagster Pipes, and listens to the one that the script writes. */
async function openPipes(
  options: PipesOptions<never>,
  { exchange, input, context }: { exchange: Exchange; input: unknown; context: TaskContext },
): Promise<PipesSession> {
  const contextFile = exchange.pathOf("pipes-context.json");
  const messagesFile = exchange.pathOf("pipes-messages.ndjson");
  await writeFile(contextFile, pipesContext(options, input, context));
  await writeFile(messagesFile, "");
  const messages = new PipesMessages(context);
  return {
    variables: {
      DAGSTER_PIPES_CONTEXT: pipesVariable({ path: contextFile }),
      DAGSTER_PIPES_MESSAGES: pipesVariable({ path: messagesFile }),
    },
    messages,
    tail: new FileTail(messagesFile, (line) => messages.take(line)),
  };
}

function programOf(config: PythonConfig, context: TaskContext): string[] {
  if ("module" in config.program) return ["-m", config.program.module];
  const { script } = config.program;
  const path = versionFile(context, script);
  if (existsSync(path)) return [path];
  throw neverAgain(
    new MillraceError("MISSING_FILE", `The script of "${config.name}", ${script}, does not exist.`, {
      hint: "Correct the option `script`; it is relative to the flow's file.",
    }),
  );
}

/** The author's variables, and what lets Python hand its lines on as they come and find the modules beside a script. */
function withPython(
  { program }: PythonConfig,
  context: TaskContext,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const variables = { PYTHONUNBUFFERED: "1", PYTHONIOENCODING: process.env["PYTHONIOENCODING"] ?? "utf-8", ...own };
  if ("module" in program) return variables;
  // A script of a version stands alone in its folder; the modules that were beside it are in the project's.
  const beside = dirname(resolve(context.projectDir, program.script));
  const before = own["PYTHONPATH"] ?? process.env["PYTHONPATH"] ?? "";
  return { ...variables, PYTHONPATH: before === "" ? beside : `${before}${delimiter}${beside}` };
}

async function outputOf(
  { form, name, outputFrom }: PythonConfig,
  given: { readonly end: CommandEnd; readonly exchange: Exchange; readonly custom: unknown },
): Promise<unknown> {
  if (form === "none") return undefined;
  if (outputFrom === "file") return await readOutputFile(form, given.exchange.outputFile, name);
  if (outputFrom === "stdout") {
    return await readOutput(form, given.end.stdout.toString("utf8"), `the standard output of "${name}"`);
  }
  if (given.custom === undefined) {
    throw new MillraceError("OUTPUT_INVALID", `"${name}" has sent no custom message.`, {
      hint: "The script is to call report_custom_message(…); the last one is the task's output.",
    });
  }
  if (typeof form === "object") return await checkOutput(form, given.custom, `the message of "${name}"`);
  return form === "json" ? given.custom : await readOutput(form, plainText(given.custom), `the message of "${name}"`);
}

function pythonFailed(config: PythonConfig, end: CommandEnd, closedWith: PythonException | null): MillraceError {
  const what =
    "script" in config.program ? `The script ${config.program.script}` : `The module ${config.program.module}`;
  const exception = closedWith ?? findException(end.lastErrors);
  if (exception === null || end.signal !== null) return commandFailed(`${what} of "${config.name}"`, end);
  return new MillraceError("COMMAND_FAILED", maskSecrets(`${what} of "${config.name}" failed: ${exception.message}`), {
    hint: "Python's traceback is in the cause, and in the task's log.",
    cause: asError(exception),
  });
}
