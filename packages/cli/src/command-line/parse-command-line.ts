import { parseArgs } from "node:util";
import { didYouMean, MillraceError } from "@millrace/core";
import type { CommandSpec, OptionSpec, OptionValues } from "./command-spec.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";

export interface ParsedLine {
  /** Undefined when no command was named. */
  readonly command: CommandSpec | undefined;
  readonly arguments: readonly string[];
  readonly options: OptionValues;
}

type Values = Map<string, string[]>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a command line. Global options may stand anywhere; a command's own stand after it. Throws `USAGE` with the
 * nearest known name for everything that is not declared. With `--help` the line need not be complete.
 */
export function parseCommandLine(
  args: readonly string[],
  table: readonly CommandSpec[],
  env: Environment = {},
): ParsedLine {
  const position = findCommand(args);
  if (position === undefined) {
    const { values } = readTokens(args, GLOBAL_OPTIONS, "millrace");
    return { command: undefined, arguments: [], options: optionValues(values, GLOBAL_OPTIONS, env) };
  }
  const name = args[position] ?? "";
  const command = table.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name, table);
  const declared = [...command.options, ...GLOBAL_OPTIONS];
  const rest = [...args.slice(0, position), ...args.slice(position + 1)];
  const { values, positionals } = readTokens(rest, declared, command.name);
  const options = optionValues(values, declared, env);
  if (!options.flag("help")) checkArguments(command, positionals);
  return { command, arguments: positionals, options };
}

/** Where the command stands: the first word that is neither a global option nor the value of one. */
function findCommand(args: readonly string[]): number | undefined {
  const { tokens } = parseArgs({
    args: [...args],
    options: nodeOptions(GLOBAL_OPTIONS),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  return tokens.find((token) => token.kind === "positional")?.index;
}

function unknownCommand(name: string, table: readonly CommandSpec[]): MillraceError {
  const known = table.map((command) => command.name);
  const hint = didYouMean(name, known, "commands");
  return new MillraceError("USAGE", `There is no command "${name}".`, { hint });
}

function nodeOptions(options: readonly OptionSpec[]): NonNullable<Parameters<typeof parseArgs>[0]>["options"] {
  return Object.fromEntries(
    options.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ]),
  );
}

function readTokens(
  args: readonly string[],
  declared: readonly OptionSpec[],
  command: string,
): { values: Values; positionals: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: nodeOptions(declared),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values: Values = new Map();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = declared.find((candidate) => candidate.name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, declared, command);
    checkValue(option, token, values);
    values.set(option.name, [...(values.get(option.name) ?? []), token.value ?? ""]);
  }
  return { values, positionals };
}

function unknownOption(raw: string, declared: readonly OptionSpec[], command: string): MillraceError {
  const known = declared.map((option) => `--${option.name}`);
  const hint = didYouMean(raw, known, "options");
  return new MillraceError("USAGE", `${command}: there is no option ${raw}.`, { hint });
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkValue(option: OptionSpec, token: OptionToken, values: Values): void {
  const refuse = (message: string, hint?: string): never => {
    throw new MillraceError("USAGE", message, hint === undefined ? {} : { hint });
  };
  if (option.value === undefined) {
    if (token.value !== undefined) refuse(`${token.rawName} takes no value.`, `Write ${token.rawName} alone.`);
    return;
  }
  // `--only --json`: the next word was taken as the value, and nobody means that.
  const missing = token.value === undefined || (token.inlineValue === false && /^--?[a-z]/i.test(token.value));
  if (missing) refuse(`${token.rawName} needs a value.`, `Write ${token.rawName} ${option.value}.`);
  if (option.choices !== undefined && !option.choices.includes(token.value ?? "")) {
    refuse(`${token.rawName} cannot be "${token.value}".`, `Choose one of: ${option.choices.join(", ")}.`);
  }
  if (option.repeats !== true && values.has(option.name)) refuse(`${token.rawName} is given twice.`, "Give it once.");
}

function checkArguments(command: CommandSpec, given: readonly string[]): void {
  const extra = given[command.arguments.length];
  if (extra !== undefined) {
    const usage = ["millrace", command.name, ...command.arguments.map(({ name }) => `<${name}>`)].join(" ");
    throw new MillraceError("USAGE", `${command.name}: "${extra}" is one argument too many.`, {
      hint: `Write ${usage}; a value with spaces needs quotes.`,
    });
  }
  for (const [index, argument] of command.arguments.entries()) {
    const value = given[index];
    if (value === undefined && argument.required) {
      const hint = `${argument.description} See \`millrace ${command.name} --help\`.`;
      throw new MillraceError("USAGE", `${command.name}: <${argument.name}> is missing.`, { hint });
    }
    if (value === undefined || argument.choices === undefined || argument.choices.includes(value)) continue;
    const hint = `Choose one of: ${argument.choices.join(", ")}.`;
    throw new MillraceError("USAGE", `${command.name}: <${argument.name}> cannot be "${value}".`, { hint });
  }
}

function optionValues(values: Values, declared: readonly OptionSpec[], env: Environment): OptionValues {
  const known = new Map(declared.map((option) => [option.name, option]));
  const read = (name: string): readonly string[] => {
    const option = known.get(name);
    if (option === undefined) throw new MillraceError("INTERNAL", `The option --${name} is not declared.`);
    return values.get(name) ?? readVariable(option, env);
  };
  return {
    has: (name) => known.has(name),
    isWritten: (name) => values.has(name),
    flag: (name) => read(name).length > 0,
    text: (name) => read(name)[0],
    list: read,
  };
}

/** What the environment says of an option. An empty variable says nothing. */
function readVariable(option: OptionSpec, env: Environment): readonly string[] {
  const text = option.env === undefined ? "" : (env[option.env] ?? "").trim();
  if (text === "") return [];
  const refuse = (hint: string): never => {
    throw new MillraceError("USAGE", `${option.env} cannot be "${text}".`, { hint });
  };
  if (option.value === undefined) {
    if (/^(?:1|true|yes|on)$/i.test(text)) return [""];
    return /^(?:0|false|no|off)$/i.test(text) ? [] : refuse("Write 1 or 0.");
  }
  if (option.choices !== undefined && !option.choices.includes(text)) {
    refuse(`Choose one of: ${option.choices.join(", ")}.`);
  }
  return [text];
}
