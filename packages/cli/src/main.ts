import path from "node:path";
import { type ErrorCode, MillraceError, toErrorInfo } from "@millrace/core";
import { COMMANDS } from "./command-line/command-table.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./command-line/exit-code.ts";
import { commandHelp, rootHelp } from "./command-line/help-text.ts";
import { type ParsedLine, parseCommandLine } from "./command-line/parse-command-line.ts";
import { type Console, openConsole } from "./output/console.ts";
import { errorRecord, errorText } from "./output/error-text.ts";

/** Runs one command line, without the program's name, and gives the exit code. The launcher in bin/ calls it. */
export async function main(args: readonly string[]): Promise<number> {
  // A flag in front of a command that is wrong must still be honoured, so the console opens before the line is read.
  const console = openConsole({
    json: args.includes("--json"),
    quiet: args.includes("--quiet") || args.includes("-q"),
    noColor: args.includes("--no-color"),
    env: process.env,
  });
  try {
    return await carryOut(parseCommandLine(aliasVersion(args), COMMANDS, process.env), console);
  } catch (thrown) {
    return explain(thrown, console);
  }
}

/** `--version` and `-v` are what people try first. */
function aliasVersion(args: readonly string[]): readonly string[] {
  return args.length === 1 && /^(?:--version|-v|-V)$/.test(args[0] ?? "") ? ["version"] : args;
}

async function carryOut(line: ParsedLine, console: Console): Promise<ExitCode> {
  const page = { style: console.style, columns: Math.min(console.columns, 100) };
  const { command, options } = line;
  if (command === undefined) {
    const asked = options.flag("help");
    const help = rootHelp(COMMANDS, page);
    if (asked) process.stdout.write(`${help.join("\n")}\n`);
    else console.complain(help);
    return asked ? EXIT.success : EXIT.usage;
  }
  if (options.flag("help")) {
    process.stdout.write(`${commandHelp(command, page).join("\n")}\n`);
    return EXIT.success;
  }
  const act = await command.load();
  const projectDir = path.resolve(workingDir(), options.text("project") ?? ".");
  return await act({ arguments: line.arguments, options, console, projectDir, commands: COMMANDS });
}

/** Says what went wrong, for people on standard error and for programs, with `--json`, on standard output. */
function explain(thrown: unknown, console: Console): ExitCode {
  const expected = thrown instanceof MillraceError && thrown.code !== "INTERNAL";
  const info = toErrorInfo(thrown);
  // A server does not know by what it is asked; here a token is shown in one of two ways.
  const hint = "Show a token with MILLRACE_API_TOKEN or --token-file; `millrace token create` makes one.";
  const error = expected
    ? { ...info, ...(info.code === "UNAUTHENTICATED" ? { hint } : {}) }
    : { ...info, code: "INTERNAL", hint: "This is a fault of Millrace: please report it with the lines above." };
  const code = exitCodeOf((error.code ?? "INTERNAL") as ErrorCode);
  console.record({ type: "error", exitCode: code, error: errorRecord(error) });
  console.complain(errorText(error, console.errorStyle, { stack: !expected }));
  return code;
}

/** Where the command was started. Checked once, here: much of what follows fails in odd ways when it is gone. */
function workingDir(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new MillraceError("NO_PROJECT", "The working directory does not exist any more.", {
      hint: "Go to a folder that exists and try again: somebody removed this one while the shell was in it.",
      cause,
    });
  }
}
