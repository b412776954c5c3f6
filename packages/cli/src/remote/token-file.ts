import { readFileSync, statSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";

/**
 * The token in the file of `--token-file`.
 *
 * @param maker the command that makes such a token, for the hint.
 */
export function readTokenFile(file: string, maker: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new MillraceError("USAGE", `--token-file: cannot read ${file}.`, {
      hint: "Check the path; it is relative to the working folder.",
      cause,
    });
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new MillraceError("USAGE", `--token-file: ${file} holds no token.`, {
    hint: `A token is one word; \`${maker}\` makes one.`,
  });
}

/** Says so when others on this machine may read the file. */
export function warnOfOpenFile(file: string, console: CommandCall["console"]): void {
  if ((statSync(file).mode & 0o077) === 0) return;
  const { yellow } = console.errorStyle;
  console.complain(`${yellow("warning:")} others on this machine may read ${file}; chmod 600 keeps it to you`);
}
