import type { CommandSpec, Completes, OptionSpec } from "../command-line/command-spec.ts";
import { GLOBAL_OPTIONS } from "../command-line/global-options.ts";

/** Shell text that fills in names known only to the project; without a project it offers nothing. */
export const NAMES: Readonly<Record<"flow" | "run", string>> = {
  flow: "millrace list --quiet 2>/dev/null",
  run: "millrace runs --quiet 2>/dev/null",
};

/** A completion script for bash 3.2 (the one of macOS) and newer. */
export function bashCompletion(table: readonly CommandSpec[]): string {
  const cases = table.map((command) => {
    const options = [...command.options, ...GLOBAL_OPTIONS];
    const values = options.flatMap((option) => valueCase(option));
    const [argument] = command.arguments;
    const offered = argument?.choices === undefined ? argumentReply(argument?.completes) : wordsReply(argument.choices);
    return [
      `    ${command.name})`,
      '      case "$previous" in',
      ...values.map((line) => `        ${line}`),
      "      esac",
      `      if [[ $current == -* ]]; then ${wordsReply(options.flatMap(dashed))}; return; fi`,
      `      ${offered}`,
      "      ;;",
    ].join("\n");
  });
  return `# Completion of millrace for bash: eval "$(millrace completion bash)"
_millrace() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  case "$command" in
    "")
      ${wordsReply([...table.map(({ name }) => name), ...GLOBAL_OPTIONS.flatMap(dashed)])}
      ;;
${cases.join("\n")}
  esac
}
complete -F _millrace millrace
`;
}

function dashed({ name, short }: OptionSpec): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function valueCase(option: OptionSpec): string[] {
  if (option.value === undefined) return [];
  const reply = option.choices === undefined ? argumentReply(option.completes) : wordsReply(option.choices);
  return [`${dashed(option).join("|")}) ${reply}; return ;;`];
}

function wordsReply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$current"))`;
}

function argumentReply(completes: Completes | undefined): string {
  switch (completes) {
    case "flow":
    case "run":
      return `COMPREPLY=($(compgen -W "$(${NAMES[completes]})" -- "$current"))`;
    case "file":
      return `local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"))`;
    case "folder":
      return `local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current"))`;
    case undefined:
      return ":";
  }
}
