import { readFileSync } from "node:fs";
import { didYouMean, MillraceError, type ParamsSpec } from "@millrace/core";

type Json = unknown;
type JsonObject = Record<string, Json>;

/** What is known of a parameter's type: a JSON Schema, or a part of one. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

export interface ParamSources {
  /** `--params`: a file, or `-`. */
  readonly file: string | undefined;
  /** `--param`, as typed. */
  readonly pairs: readonly string[];
  /** What the flow says of its parameters; null when it takes none. */
  readonly params: ParamsSpec | null;
}

/**
 * Puts the parameters of a run together: the file's, then those on the command line. Values on the command line are
 * text; the schema says what they are to become. Whether they are right is the schema's business, not decided here.
 */
export function readParams({ file, pairs, params: spec }: ParamSources): JsonObject {
  if (spec === null && (file !== undefined || pairs.length > 0)) {
    throw new MillraceError("INVALID_PARAMS", "The flow takes no parameters.", {
      hint: "Leave --param and --params out, or declare `params` in the flow's options.",
    });
  }
  const params = file === undefined ? {} : readFile(file);
  const schema = (spec?.jsonSchema ?? {}) as Schema;
  const given = new Set<string>();
  for (const pair of pairs) {
    const { path, text, name } = splitPair(pair, schema);
    setParam(params, { path, text, name, schema: schemaAt(schema, path), again: given.has(name) });
    given.add(name);
  }
  return params;
}

function readFile(file: string): JsonObject {
  const shown = file === "-" ? "standard input" : file;
  const refuse = (message: string, cause?: unknown): never => {
    throw new MillraceError("USAGE", message, { hint: 'Parameters are a JSON object: {"region": "us"}.', cause });
  };
  let text = "";
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new MillraceError("USAGE", `--params: cannot read ${shown}.`, {
      hint: "Check the path; it is relative to the working folder.",
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse(`--params: ${shown} is not JSON.`, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(`--params: ${shown} holds no object.`);
  return { ...(value as JsonObject) };
}

interface Pair {
  /** As typed, before the `=`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly text: string;
}

function splitPair(pair: string, schema: Schema): Pair {
  const at = pair.indexOf("=");
  if (at < 1) {
    throw new MillraceError("USAGE", `--param "${pair}" has no "=".`, { hint: "Write --param name=value." });
  }
  const name = pair.slice(0, at);
  // A name with a dot may be a name; only otherwise the dot leads into an object.
  const path = schema.properties?.[name] === undefined ? name.split(".") : [name];
  const [first = ""] = path;
  const known = Object.keys(schema.properties ?? {});
  const open = schema.additionalProperties === true || typeof schema.additionalProperties === "object";
  if (known.length > 0 && !known.includes(first) && !open) {
    throw new MillraceError("INVALID_PARAMS", `The flow has no parameter "${first}".`, {
      hint: didYouMean(first, known, "parameters"),
    });
  }
  return { name, path, text: pair.slice(at + 1) };
}

function schemaAt(schema: Schema, path: readonly string[]): Schema {
  let at: Schema = schema;
  for (const key of path) {
    const more = at.additionalProperties;
    at = at.properties?.[key] ?? (typeof more === "object" ? more : {});
  }
  return at;
}

interface Setting extends Pair {
  readonly schema: Schema;
  /** The same name was given before on this command line. */
  readonly again: boolean;
}

function setParam(params: JsonObject, { name, path, text, schema, again }: Setting): void {
  let target = params;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(target, key) ? target[key] : undefined;
    const next: JsonObject = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
    define(target, key, next);
    target = next;
  }
  const last = path.at(-1) ?? "";
  const isList = typesOf(schema).has("array");
  const value = parseParamText(text, schema);
  if (isList && !Array.isArray(value)) {
    const before = again && Object.hasOwn(target, last) ? target[last] : [];
    define(target, last, [...(Array.isArray(before) ? before : []), parseParamText(text, schema.items ?? {})]);
    return;
  }
  if (again) {
    throw new MillraceError("USAGE", `--param ${name} is given twice.`, {
      hint: `Give it once; a list is JSON: --param ${name}='["a", "b"]'.`,
    });
  }
  define(target, last, value);
}

/** Sets an own property whatever its name: `__proto__` is a name like any other. */
function define(target: JsonObject, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** All types a schema allows, `enum` and alternatives included. Empty: nothing is known. */
function typesOf(schema: Schema): Set<string> {
  const types = new Set<string>(typeof schema.type === "string" ? [schema.type] : (schema.type ?? []));
  for (const value of schema.enum ?? []) types.add(jsonType(value));
  if (schema.const !== undefined) types.add(jsonType(schema.const));
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    for (const type of typesOf(one)) types.add(type);
  return types;
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/**
 * Text of a command line as the type says: `007` stays text where text is wanted, and is 7 where a number is. What does
 * not fit any type stays text, so that the flow's own schema refuses it and names the field.
 */
export function parseParamText(text: string, schema: Schema): Json {
  const types = typesOf(schema);
  const parsed = parseJson(text);
  if (types.size === 0) return parsed === undefined ? text : parsed.value;
  if (parsed !== undefined) {
    const type = jsonType(parsed.value);
    const fits = types.has(type) || (type === "number" && types.has("integer"));
    if (fits && type !== "string") return parsed.value;
  }
  return text;
}

function parseJson(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}
