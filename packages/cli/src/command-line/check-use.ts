import { MillraceError } from "@millrace/core";
import type { CommandCall } from "./command-spec.ts";

/** What a command takes when its first argument says this. */
export interface Use {
  /** Names of the arguments behind it; those that may be left out end in `?`. */
  readonly takes: readonly string[];
  /** Options that mean something here. */
  readonly options?: readonly string[];
}

/**
 * Refuses arguments and options where they would mean nothing.
 *
 * @param uses by the command's first argument.
 * @param own options that some of its uses know.
 */
export function checkUse(
  { arguments: given, options }: CommandCall,
  command: string,
  { uses, own }: { readonly uses: Readonly<Record<string, Use>>; readonly own: readonly string[] },
): void {
  const [what = ""] = given;
  const use = uses[what] ?? { takes: [] };
  const usage = ["millrace", command, what, ...use.takes.map(argumentText)].join(" ");
  const missing = use.takes[given.length - 1];
  if (missing !== undefined && !missing.endsWith("?")) {
    throw new MillraceError("USAGE", `${command} ${what}: <${missing}> is missing.`, { hint: `Write \`${usage}\`.` });
  }
  const odd = given[use.takes.length + 1];
  if (odd !== undefined) {
    throw new MillraceError("USAGE", `${command} ${what}: "${odd}" is one argument too many.`, {
      hint: `Write \`${usage}\`.`,
    });
  }
  const option = own.find((each) => options.text(each) !== undefined && !use.options?.includes(each));
  if (option === undefined) return;
  throw new MillraceError("USAGE", `${command} ${what} takes no --${option}.`, {
    hint: `See \`millrace ${command} --help\`.`,
  });
}

function argumentText(name: string): string {
  return name.endsWith("?") ? `[${name.slice(0, -1)}]` : `<${name}>`;
}
