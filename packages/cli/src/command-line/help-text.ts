import type { Style } from "../output/style.ts";
import { padEnd, wrapText } from "../output/text-width.ts";
import type { ArgumentSpec, CommandSpec, Example, OptionSpec } from "./command-spec.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";

/** Exit codes as help and the reference page show them. */
export const EXIT_CODE_TEXTS: readonly (readonly [number, string])[] = [
  [0, "success"],
  [1, "the run failed or was cancelled, or the project has errors"],
  [2, "wrong use: an unknown command, flow, task or run, bad parameters, no project here"],
  [3, "the project's database cannot be used, or there is no server for what needs one"],
  [130, "interrupted"],
];

/** Environment variables as help and the reference page show them. */
export const ENVIRONMENT_TEXTS: readonly (readonly [string, string])[] = [
  ["MILLRACE_…", "what stands in brackets after an option says it where the command line does not"],
  ["MILLRACE_API_TOKEN", "the token that commands show to a server elsewhere"],
  [
    "MILLRACE_DATABASE_URL",
    "the database, as sqlite:<path> or postgres://<user>:<password>@<host>/<database>; defaults to .millrace/millrace.db in the project",
  ],
  ["NO_COLOR, FORCE_COLOR", "without colours, and with them where there is no terminal"],
];

const ROOT_EXAMPLES: readonly Example[] = [
  { line: "millrace init my-project", says: "make a project that runs at once" },
  { line: "millrace run hello", says: "run a flow and watch it" },
  { line: "millrace why", says: "see what the newest run waits for, or why it failed" },
];

interface HelpPage {
  readonly style: Style;
  readonly columns: number;
}

/** What `millrace --help` prints. */
export function rootHelp(table: readonly CommandSpec[], page: HelpPage): string[] {
  const { style } = page;
  return [
    `${style.bold("millrace")}: the data orchestrator for TypeScript`,
    "",
    ...section("Usage", ["millrace <command> [options]"], style),
    ...section(
      "Commands",
      pairs(
        table.map(({ name, summary }) => [name, summary]),
        page,
      ),
      style,
    ),
    ...section("Options for every command", pairs(GLOBAL_OPTIONS.map(optionPair), page), style),
    ...section(
      "Exit codes",
      pairs(
        EXIT_CODE_TEXTS.map(([code, says]) => [String(code), says]),
        page,
      ),
      style,
    ),
    ...section("Environment", pairs(ENVIRONMENT_TEXTS, page), style),
    ...section("Examples", examples(ROOT_EXAMPLES, style), style),
    "`millrace <command> --help` tells more about one command.",
  ];
}

/** What `millrace <command> --help` prints. */
export function commandHelp(command: CommandSpec, page: HelpPage): string[] {
  const { style } = page;
  return [
    `${style.bold(`millrace ${command.name}`)}: ${command.summary}`,
    "",
    ...section("Usage", [usageOf(command)], style),
    ...command.details.flatMap((paragraph) => [...wrapText(paragraph, page.columns), ""]),
    ...section("Arguments", pairs(command.arguments.map(argumentPair), page), style),
    ...section("Options", pairs(command.options.map(optionPair), page), style),
    ...section("Options for every command", pairs(GLOBAL_OPTIONS.map(optionPair), page), style),
    ...section("Examples", examples(command.examples, style), style),
  ].slice(0, -1);
}

/** `millrace run [options] <flow>`. */
export function usageOf(command: CommandSpec): string {
  const named = command.arguments.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`));
  return ["millrace", command.name, ...named, "[options]"].join(" ");
}

/** An option as it is typed: `-q, --quiet`, `--param <k=v>`. */
export function optionUsage(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`;
}

/** What an option does, with its choices. */
export function optionMeaning(option: OptionSpec): string {
  const choices = option.choices === undefined ? "" : ` One of: ${option.choices.join(", ")}.`;
  const repeats = option.repeats === true ? " May be given several times." : "";
  const variable = option.env === undefined ? "" : ` [${option.env}]`;
  return `${option.description}${choices}${repeats}${variable}`;
}

function optionPair(option: OptionSpec): readonly [string, string] {
  return [optionUsage(option), optionMeaning(option)];
}

function argumentPair({ name, description, choices }: ArgumentSpec): readonly [string, string] {
  return [name, choices === undefined ? description : `${description} One of: ${choices.join(", ")}.`];
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.bold(title), ...lines.map((line) => `  ${line}`), ""];
}

function pairs(rows: readonly (readonly [string, string])[], { columns }: HelpPage): string[] {
  const left = Math.max(0, ...rows.map(([name]) => name.length));
  const room = Math.max(24, columns - left - 5);
  return rows.flatMap(([name, says]) => {
    const [first = "", ...rest] = wrapText(says, room);
    return [`${padEnd(name, left)}  ${first}`, ...rest.map((line) => `${" ".repeat(left)}  ${line}`)];
  });
}

function examples(list: readonly Example[], style: Style): string[] {
  return list.flatMap(({ line, says }) => [style.dim(`# ${says}`), line]);
}
