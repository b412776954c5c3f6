// docs/reference/errors.md: every code with which Millrace refuses something.
import { readFileSync } from "node:fs";
import { ERROR_SENTENCES } from "./error-sentences.ts";

const SOURCE = "packages/core/src/errors/millrace-error.ts";

/** The reference of the error codes, in the order and the chapters of their list. */
export function errorReference(): string {
  const union = /export type ErrorCode =\n([\s\S]*?);\n/.exec(readFileSync(SOURCE, "utf8"))?.[1];
  if (union === undefined) throw new Error(`${SOURCE} has no list of error codes any more`);
  const lines: string[] = [];
  for (const line of union.split("\n").map((one) => one.trim())) {
    const chapter = /^\/\/ (.+)$/.exec(line)?.[1];
    const code = /^\| "(\w+)"/.exec(line)?.[1] as keyof typeof ERROR_SENTENCES | undefined;
    if (chapter !== undefined) lines.push(`\n## ${chapter}\n\n| code | what it says |\n| --- | --- |`);
    if (code !== undefined) lines.push(`| \`${code}\` | ${ERROR_SENTENCES[code].replaceAll("|", "\\|")} |`);
  }
  return `# Error codes

Made by \`npm run docs\`. Every refusal of Millrace is a \`MillraceError\` with one of these codes; its message says what is
wrong and where, and its hint what to do. Errors of your own code have none. The exit codes of the command line are in
[cli.md](cli.md).
${lines.join("\n")}
`;
}
