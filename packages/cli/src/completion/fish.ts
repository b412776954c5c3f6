import type { ArgumentSpec, CommandSpec, OptionSpec } from "../command-line/command-spec.ts";
import { GLOBAL_OPTIONS } from "../command-line/global-options.ts";
import { NAMES } from "./bash.ts";

/** A completion script for fish. */
export function fishCompletion(table: readonly CommandSpec[]): string {
  const lines = table.flatMap((command) => [
    `complete -c millrace -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...command.options.map((option) => optionLine(option, `__fish_seen_subcommand_from ${command.name}`)),
    ...command.arguments.slice(0, 1).flatMap((argument) => argumentLine(argument, command.name)),
  ]);
  return [
    "# Completion of millrace for fish: millrace completion fish | source",
    "complete -c millrace -f",
    ...GLOBAL_OPTIONS.map((option) => optionLine(option, undefined)),
    ...lines,
    "",
  ].join("\n");
}

function optionLine(
  { name, short, value, choices, completes, description }: OptionSpec,
  when: string | undefined,
): string {
  const parts = ["complete -c millrace"];
  if (when !== undefined) parts.push(`-n ${quote(when)}`);
  parts.push(`-l ${name}`);
  if (short !== undefined) parts.push(`-s ${short}`);
  if (value !== undefined)
    parts.push(choices === undefined ? valueText(completes) : `-x -a ${quote(choices.join(" "))}`);
  parts.push(`-d ${quote(description.split(". ")[0] ?? "")}`);
  return parts.join(" ");
}

function argumentLine({ choices, completes }: ArgumentSpec, command: string): string[] {
  const when = `-n ${quote(`__fish_seen_subcommand_from ${command}`)}`;
  if (choices !== undefined) return [`complete -c millrace ${when} -a ${quote(choices.join(" "))}`];
  return completes === undefined ? [] : [`complete -c millrace ${when} ${valueText(completes)}`];
}

function valueText(completes: OptionSpec["completes"]): string {
  switch (completes) {
    case "flow":
    case "run":
      return `-x -a ${quote(`(${NAMES[completes]})`)}`;
    case "file":
      return "-r -F";
    case "folder":
      return "-x -a '(__fish_complete_directories)'";
    case undefined:
      return "-x";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
