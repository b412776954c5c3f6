import type { StandardSchema } from "../../schema/standard-schema.ts";
import { CallSite } from "../../source/call-site.ts";
import { refusal } from "../../source/refuse.ts";
import { defineTask } from "../../task/define-task.ts";
import type { TaskOptions } from "../../task/policy-options.ts";
import type { Task } from "../../task/task.ts";
import type { OutputForm, OutputIn } from "../command/output.ts";
import { commandGraceMs } from "../command/run-command.ts";
import { type MaybeSecret, secretNames } from "../secret.ts";
import type { PipesOptions } from "./pipes-context.ts";
import { type PythonConfig, runPython } from "./run-python.ts";

/** What a `python` task runs, with the policies that every task takes. */
export interface PythonOptions<In, Checked, Form extends OutputForm> extends TaskOptions {
  /** The script, relative to the flow's file. It becomes part of the version. */
  readonly script?: string;
  /** A module instead, as for `python -m`. It is found from `cwd` and the environment, and is no part of the version. */
  readonly module?: string;
  /**
   * Further files that become part of the version, relative to the flow's file: modules beside the script, templates.
   * What is not among them is found in the project's folder as it is when the task runs. Defaults to none.
   */
  readonly include?: readonly string[];
  /** Arguments, or a function of the input that gives them. Defaults to none. */
  readonly args?: readonly (string | number)[] | ((input: Checked) => readonly (string | number)[]);
  /** A virtual environment's folder, relative to the project's: its Python runs the script. Defaults to none. */
  readonly venv?: string;
  /** The Python to use: a command, or a path relative to the project's folder. Defaults to `python3`, else `python`. */
  readonly python?: string;
  /** Environment variables, beside those of the worker; `undefined` takes one away. Defaults to none. */
  readonly env?: Readonly<Record<string, MaybeSecret | undefined>>;
  /** The working folder, relative to the project's. Defaults to the project's folder. */
  readonly cwd?: string;
  /**
   * What the task takes: a schema, or `type<T>()`. The script finds it as JSON in the file `$MILLRACE_INPUT`, its fields
   * in variables (`orderId` in `$INPUT_ORDER_ID`), the run's parameters in the file `$MILLRACE_PARAMS`, the window in
   * `$MILLRACE_WINDOW_START` and `$MILLRACE_WINDOW_END`, the partition in `$MILLRACE_PARTITION_KEY`. Defaults to nothing.
   */
  readonly input?: StandardSchema<In, Checked>;
  /** What the task gives: `"json"`, a schema for JSON, `"text"` or `"lines"`. Defaults to `"none"`. */
  readonly output?: Form;
  /**
   * Where the output is: in the `"file"` named in `$MILLRACE_OUTPUT`, on `"stdout"`, or in the last custom
   * `"message"` of Dagster Pipes. Defaults to `"file"`.
   */
  readonly outputFrom?: "file" | "stdout" | "message";
  /**
   * What a script that uses the public package `dagster-pipes` finds in its context; `false` hides the protocol from it.
   * Defaults to the task as its asset, the window as its partition, and the input as its extras.
   */
  readonly pipes?: PipesOptions<Checked> | false;
  /** Exit codes that are a success. Defaults to `[0]`. */
  readonly okExitCodes?: readonly number[];
}

/**
 * A task that runs a Python script or module as it is. What it prints is in the task's log while it runs. A script that
 * uses `dagster-pipes` (protocol 0.1) works unchanged: its log messages arrive with their level, its reports with the
 * run, and the exception it closes with is the task's error.
 *
 * On Linux a worker keeps a started Python for its next script, which is a fork of it: a process of its own, with nothing
 * of the one before, a few milliseconds away. A module, and a script with another environment, starts Python anew.
 *
 * It fails with `COMMAND_FAILED` when Python ends with another exit code or an exception, and with `COMMAND_NOT_FOUND`,
 * never retried, when there is no such Python.
 *
 * @example
 * const clean = python("clean", { script: "./clean.py", input: type<{ day: string }>(), output: type<number>() });
 */
export function python<In = void, Checked = In, const Form extends OutputForm = "none">(
  name: string,
  options: PythonOptions<In, Checked, Form>,
): Task<In, OutputIn<Form>> {
  const site = new CallSite(python);
  const { script, module, include, args, venv, python: command, env, cwd, ...others } = options;
  const { input, output, outputFrom, pipes, okExitCodes, ...policies } = others;
  const program = readProgram(name, { script, module }, site);
  const config: PythonConfig = {
    name,
    program,
    args: (value) => (typeof args === "function" ? args(value as Checked) : (args ?? [])).map(String),
    python: command ?? null,
    venv: venv ?? null,
    env: env ?? {},
    cwd: cwd ?? ".",
    form: output ?? "none",
    outputFrom: outputFrom ?? "file",
    pipes: pipes === false ? null : (pipes ?? {}),
    okExitCodes: okExitCodes ?? [0],
    graceMs: commandGraceMs(policies.grace),
  };
  const included = (include ?? []).map((file) => site.pathOf(file));
  return defineTask<In, OutputIn<Form>, Checked>({
    name,
    taskKind: "python",
    options: policies,
    details: { ...program },
    secrets: secretNames(config.env),
    files: "script" in program ? [program.script, ...included] : included,
    input,
    site,
    run: async (value, context) => (await runPython(config, value, context)) as OutputIn<Form>,
  });
}

function readProgram(
  name: string,
  given: { readonly script: string | undefined; readonly module: string | undefined },
  site: CallSite,
): PythonConfig["program"] {
  const { script, module } = given;
  if (script !== undefined && script !== "" && module === undefined) return { script: site.pathOf(script) };
  if (module !== undefined && module !== "" && script === undefined) return { module };
  const both = script !== undefined && module !== undefined;
  throw refusal(
    {
      code: "INVALID_OPTION",
      message: both ? `task "${name}" has both a \`script\` and a \`module\`` : `task "${name}" has no script`,
      hint: 'Give one of them: script: "./clean.py", or module: "etl.clean".',
    },
    site,
  );
}
