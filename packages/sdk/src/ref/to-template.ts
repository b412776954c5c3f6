import { encode, MillraceError, type Template } from "@millrace/core";
import { isSecret, type Secret } from "../kinds/secret.ts";
import { type RefState, refStateOf, templateOfRef } from "./ref-state.ts";

/**
 * Turns a structure of constants and references into a template. Only plain objects and lists are looked into.
 *
 * @param accept is called with each reference found; it throws where the reference may not be used.
 * @param what names the value in a refusal: `input of task "load"`.
 */
export function toTemplate(value: unknown, accept: (state: RefState) => void, what: string): Template {
  return referring(value, { accept, what, around: [] }) ?? constant(value, what);
}

interface Walk {
  readonly accept: (state: RefState) => void;
  readonly what: string;
  /** The containers around the value; one that comes again is a cycle. */
  readonly around: unknown[];
}

function constant(value: unknown, what: string): Template {
  try {
    return { kind: "value", text: encode(value, what) };
  } catch (thrown) {
    if (!(thrown instanceof MillraceError)) throw thrown;
    throw new MillraceError("INVALID_INPUT", thrown.message, {
      hint: thrown.hint ?? "Give plain data, or a reference.",
    });
  }
}

/** The template of a value with references in it; undefined for one without. */
function referring(value: unknown, walk: Walk): Template | undefined {
  const state = refStateOf(value);
  if (state !== undefined) {
    walk.accept(state);
    return templateOfRef(state);
  }
  if (isSecret(value)) throw secretInside(value, walk.what);
  if (!isContainer(value)) return undefined;
  if (walk.around.includes(value)) throw cyclic(walk.what);
  walk.around.push(value);
  const template = Array.isArray(value) ? listOf(value, walk) : recordOf(value as Record<string, unknown>, walk);
  walk.around.pop();
  return template;
}

function isContainer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function listOf(list: readonly unknown[], walk: Walk): Template | undefined {
  const found = list.map((item) => referring(item, walk));
  if (found.every((template) => template === undefined)) return undefined;
  return { kind: "list", items: found.map((template, index) => template ?? constant(list[index], walk.what)) };
}

function recordOf(record: Readonly<Record<string, unknown>>, walk: Walk): Template | undefined {
  const found = Object.entries(record).map(([name, item]) => [name, item, referring(item, walk)] as const);
  if (found.every(([, , template]) => template === undefined)) return undefined;
  const fields = found.map(([name, item, template]) => [name, template ?? constant(item, walk.what)] as const);
  return { kind: "record", fields: Object.fromEntries(fields) };
}

function cyclic(what: string): MillraceError {
  return new MillraceError("INVALID_INPUT", `The ${what} contains itself`, {
    hint: "Values are stored as trees: give the parts one by one.",
  });
}

/** What stands for a secret would be stored as an object without its value, and the task would find nothing in it. */
function secretInside(found: Secret, what: string): MillraceError {
  const [call, remedy] =
    "variable" in found
      ? [`env("${found.variable}")`, `process.env.${found.variable}`]
      : [`secret("${found.name}")`, `await context.secret("${found.name}")`];
  return new MillraceError(
    "INVALID_INPUT",
    `The ${what} contains ${call}: inputs are stored, and secrets must not be`,
    {
      hint: `Let the task read it when it runs: ${remedy}.`,
    },
  );
}
