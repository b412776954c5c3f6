import { MillraceError, sourceFrame } from "@millrace/core";
import { maskSecrets } from "../secret.ts";
import type { RenderedStatement } from "./render.ts";
import { StatementFailure } from "./session.ts";

/** Where SQL comes from, for messages. */
export interface SqlSource {
  readonly text: string;
  /** Whose SQL it is: `The SQL of "load"`. */
  readonly what: string;
  /** As the author wrote it, or null for text in the flow's file. */
  readonly file: string | null;
}

/** A refusal about a place in the author's SQL, with the lines around it. */
export function refuseAt(
  source: SqlSource,
  offset: number,
  refusal: { readonly code: "SQL_FAILED" | "INPUT_INVALID"; readonly message: string; readonly hint: string },
): MillraceError {
  const place = placeAt(source.text, offset);
  const message = `${source.what} ${refusal.message} (${whereIs(source, place)})`;
  return new MillraceError(refusal.code, message, {
    hint: refusal.hint,
    frame: sourceFrame(source.text, place),
  });
}

/** What a database's refusal of a statement is reported as. Other errors stay what they are. */
export function describeFailure(failure: unknown, source: SqlSource, statement: RenderedStatement): unknown {
  if (!(failure instanceof StatementFailure)) return failure;
  const offset = statement.sourceOffset(failure.offset ?? offsetOfWord(statement.text, failure.near) ?? 0);
  const place = placeAt(source.text, offset);
  const message = `${source.what} failed (${whereIs(source, place)}): ${maskSecrets(failure.message)}`;
  return new MillraceError(failure.code, message, {
    frame: sourceFrame(source.text, place),
    hint: failure.hint ?? "Correct the statement, or what it works on.",
    cause: failure.cause,
  });
}

interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Counts lines and columns from 1. */
function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  const line = before.split("\n").length;
  return { line, column: before.length - (before.lastIndexOf("\n") + 1) + 1 };
}

/** `./load.sql:3:15`, or `line 3, column 15` for text without a file. */
function whereIs({ file }: SqlSource, { line, column }: TextPlace): string {
  return file === null ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
}

/** SQLite names a word and no place; it is certain only where the word stands once. */
function offsetOfWord(text: string, word: string | null): number | null {
  if (word === null || word === "") return null;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = [...text.matchAll(new RegExp(`(?<!\\w)${escaped}(?!\\w)`, "g"))];
  return found.length === 1 ? (found[0]?.index ?? null) : null;
}
