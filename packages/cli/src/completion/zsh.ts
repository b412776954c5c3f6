import type { CommandSpec, Completes, OptionSpec } from "../command-line/command-spec.ts";
import { GLOBAL_OPTIONS } from "../command-line/global-options.ts";
import { NAMES } from "./bash.ts";

/** A completion script for zsh. */
export function zshCompletion(table: readonly CommandSpec[]): string {
  const commands = table.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const cases = table.map((command) => {
    const specs = [...command.options, ...GLOBAL_OPTIONS].flatMap(optionSpecs);
    const positions = command.arguments.map(
      ({ name, choices, completes }, index) => `${quote(`${index + 1}:${name}:${action(choices, completes)}`)}`,
    );
    return `    ${command.name}) _arguments ${[...specs, ...positions].join(" ")} ;;`;
  });
  return `#compdef millrace
# Completion of millrace for zsh: eval "$(millrace completion zsh)"
_millrace_flows() { local -a names; names=(\${(f)"$(${NAMES.flow})"}); compadd -a names }
_millrace_runs() { local -a names; names=(\${(f)"$(${NAMES.run})"}); compadd -a names }
_millrace() {
  local -a commands
  commands=(
${commands.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
compdef _millrace millrace
`;
}

function optionSpecs({ name, short, value, repeats, choices, completes, description }: OptionSpec): string[] {
  const text = description.split(". ")[0]?.replace(/[[\]:]/g, " ") ?? "";
  const rest = `[${text}]${value === undefined ? "" : `:${name}:${action(choices, completes)}`}`;
  const star = repeats === true ? "*" : "";
  const forms = short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
  return forms.map((form) => quote(`${star}${form}${rest}`));
}

function action(choices: readonly string[] | undefined, completes: Completes | undefined): string {
  if (choices !== undefined) return `(${choices.join(" ")})`;
  switch (completes) {
    case "flow":
      return "_millrace_flows";
    case "run":
      return "_millrace_runs";
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case undefined:
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
