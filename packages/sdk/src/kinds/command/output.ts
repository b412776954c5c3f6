import { readFile } from "node:fs/promises";
import { MillraceError } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import { formatIssues, validate } from "../../schema/validate.ts";
import { parseForeignJson } from "../plain-json.ts";
import { maskSecrets } from "../secret.ts";

/**
 * How the output of a program becomes a value: `"text"` (as it is, without line ends after the last line), `"lines"`
 * (a list of lines), `"json"`, a schema (JSON that is checked by it; `type<T>()` only gives it a type), or `"none"`.
 */
export type OutputForm = "text" | "lines" | "json" | "none" | StandardSchema;

/** The type of the value that a form gives. */
export type OutputIn<Form> = Form extends "text"
  ? string
  : Form extends "lines"
    ? string[]
    : Form extends "json"
      ? unknown
      : Form extends StandardSchema<unknown, infer Output>
        ? Output
        : undefined;

/** How much of a text that is not what it should be is shown. */
const SHOWN = 500;

/**
 * Reads a program's output.
 *
 * @param what whose output it is, to name it: `the standard output of "export"`.
 * @throws MillraceError `OUTPUT_INVALID` when it is not JSON, or not what the schema asks for.
 */
export async function readOutput(form: OutputForm, text: string, what: string): Promise<unknown> {
  if (form === "none") return undefined;
  if (form === "text") return text.replace(/(?:\r?\n)+$/, "");
  if (form === "lines") return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  const value = readJson(text, what);
  return form === "json" ? value : await checkOutput(form, value, what);
}

/**
 * Reads the output that a program has written to the file named in MILLRACE_OUTPUT.
 *
 * @param task the task's name.
 * @throws MillraceError `OUTPUT_INVALID` also when an output was declared and there is no such file.
 */
export async function readOutputFile(form: OutputForm, path: string, task: string): Promise<unknown> {
  if (form === "none") return undefined;
  const text = await readIfThere(path);
  if (text !== undefined) return await readOutput(form, text, `the output of "${task}"`);
  throw new MillraceError("OUTPUT_INVALID", `"${task}" has written no output.`, {
    hint: "The program is to write it to the file whose name is in the variable MILLRACE_OUTPUT.",
  });
}

/** The text of a file, or undefined when there is none. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (failed) {
    if ((failed as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failed;
  }
}

function readJson(text: string, what: string): unknown {
  try {
    return parseForeignJson(text);
  } catch (cause) {
    const shown = maskSecrets(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
    const problem = text.trim() === "" ? "is empty" : `is not JSON: ${shown}`;
    throw new MillraceError("OUTPUT_INVALID", `${capital(what)} ${problem}`, {
      hint: "JSON was asked for: nothing else may be written there, or ask for another `output`.",
      cause,
    });
  }
}

/** Asks the author's schema about a value that came from outside. */
export async function checkOutput(schema: StandardSchema, value: unknown, what: string): Promise<unknown> {
  const checked = await validate(schema, value);
  if (checked.ok) return checked.value;
  throw new MillraceError("OUTPUT_INVALID", `${capital(what)} is not as declared:\n${formatIssues(checked.issues)}`, {
    hint: "Correct what is written, or the schema given as `output`.",
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
