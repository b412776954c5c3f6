import process from "node:process";
import { MillraceError } from "@millrace/core";

/** What ends a line that is typed, what takes a character back, and what ends everything (Ctrl-C). */
const ENTER = new Set(["\r", "\n", "\u0004"]);
const BACK = new Set(["\u007f", "\b"]);
const INTERRUPT = "\u0003";

/** Reads a value that is not to be seen: from the standard input, or typed on a terminal, which does not show it. */
export async function readSecretInput(question: string): Promise<string> {
  if (process.stdin.isTTY) return await askHidden(question);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  // What writes a line ends it with a line feed, which is no part of the value.
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

async function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  try {
    let typed: string[] = [];
    for await (const text of stdin) {
      for (const character of String(text)) {
        if (character === INTERRUPT) throw new MillraceError("CANCELLED", "Nothing was set.");
        if (ENTER.has(character)) return typed.join("");
        typed = BACK.has(character) ? typed.slice(0, -1) : [...typed, character];
      }
    }
    return typed.join("");
  } finally {
    stdin.setRawMode(false);
    stderr.write("\n");
  }
}
