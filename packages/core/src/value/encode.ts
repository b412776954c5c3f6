import { MillraceError } from "../errors/millrace-error.ts";
import { toBase64 } from "./base64.ts";
import { findCycle, MAX_DEPTH } from "./cycle.ts";
import type { EncodedText } from "./encoded.ts";
import { isBuffer, isUrl } from "./platform.ts";
import {
  below,
  entryStep,
  NotStorable,
  notAFunction,
  notARef,
  notASymbol,
  propertyStep,
  REF_BRAND,
  refuseInstance,
  toRefusal,
  withoutProperties,
} from "./refusal.ts";

/** From this depth on a cycle is looked for, once: ordinary data is not nested so deep. */
const SUSPICIOUS_DEPTH = 100;

type Fields = Record<string, unknown>;

/** One encoding. */
interface Walk {
  readonly root: unknown;
  searchedForCycle: boolean;
}

/**
 * Turns a value into text (the format is described in `value/codec.ts`). Plain data costs little more than
 * `JSON.stringify`: a walk finds the parts that JSON cannot hold and copies only what leads to them, the rest is native.
 *
 * @param what names the value in a refusal: `output of task "load"`.
 * @throws MillraceError `OUTPUT_NOT_STORABLE` naming the path and what is there; `OUTPUT_TOO_LARGE` where the text would
 * be longer than JavaScript's longest (about 512 MiB).
 */
export function encode(value: unknown, what = "value"): EncodedText {
  let json: unknown;
  try {
    json = storable(value, 0, { root: value, searchedForCycle: false });
  } catch (error) {
    throw error instanceof NotStorable ? toRefusal(error, what) : error;
  }
  try {
    return JSON.stringify(json) as EncodedText;
  } catch (cause) {
    throw new MillraceError("OUTPUT_TOO_LARGE", `The ${what} cannot be stored: its text would be too long.`, {
      hint: "Write large data to a file or a table, and store where it is.",
      cause,
    });
  }
}

/** Whether JSON holds this as it is, containers apart. */
function isPlain(value: unknown): boolean {
  const type = typeof value;
  if (type === "string" || type === "boolean" || value === null) return true;
  // Not NaN or infinite, and not -0.
  return typeof value === "number" && value - value === 0 && (value !== 0 || 1 / value > 0);
}

/** What JSON can hold in place of the value: the value itself where it is plain, or consists of what is. */
function storable(value: unknown, depth: number, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isPlain(value) ? value : { $: Object.is(value, -0) ? "-0" : String(value) };
    case "object":
      return value === null ? null : storableObject(value, depth, walk);
    case "undefined":
      return { $: "undefined" };
    case "bigint":
      return { $: "BigInt", v: String(value) };
    case "symbol":
      throw notASymbol();
    case "function":
      throw REF_BRAND in value ? notARef() : notAFunction();
  }
}

function storableObject(value: object, depth: number, walk: Walk): unknown {
  if (depth >= SUSPICIOUS_DEPTH) guardDepth(depth, walk);
  if (Array.isArray(value)) return storableList(value, depth, walk);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return storableRecord(value as Fields, depth, walk);
  return storableInstance(value, depth, walk);
}

function guardDepth(depth: number, walk: Walk): void {
  if (!walk.searchedForCycle) {
    walk.searchedForCycle = true;
    const cycle = findCycle(walk.root as object);
    if (cycle !== undefined) throw cycle;
  }
  if (depth > MAX_DEPTH) {
    throw new NotStorable(`is nested deeper than ${MAX_DEPTH} levels`, "Store a flatter form: a list of parts.", "");
  }
}

function storableList(list: readonly unknown[], depth: number, walk: Walk): unknown {
  let copy: unknown[] | undefined;
  let index = 0;
  try {
    for (; index < list.length; index += 1) {
      const value = list[index];
      if (isPlain(value)) continue;
      const stored = storable(value, depth + 1, walk);
      if (stored === value) continue;
      copy ??= list.slice();
      copy[index] = stored;
    }
  } catch (error) {
    throw below(() => `[${index}]`, error);
  }
  return copy ?? list;
}

function storableRecord(record: Fields, depth: number, walk: Walk): unknown {
  let copy: Fields | undefined;
  let name = "";
  let hasToJson = false;
  let isEscaped = false;
  try {
    // No own-property test: the prototype is the empty one. It would cost a third of the walk.
    for (name in record) {
      if (name === "$") isEscaped = true;
      const value = record[name];
      if (isPlain(value)) continue;
      hasToJson = name === "toJSON" && typeof value === "function";
      if (hasToJson) break;
      const stored = storable(value, depth + 1, walk);
      if (stored === value) continue;
      copy ??= { ...record };
      copy[name] = stored;
    }
  } catch (error) {
    throw below(() => propertyStep(name), error);
  }
  if (hasToJson) return storableByToJson(record, depth, walk);
  // References are proxies without keys.
  if (name === "" && REF_BRAND in record) throw notARef();
  const fields = copy ?? record;
  return isEscaped ? { $: "Object", v: fields } : fields;
}

function storableInstance(value: object, depth: number, walk: Walk): unknown {
  return storableBuiltIn(value, depth, walk) ?? storableByToJson(value as Fields, depth, walk);
}

/** What stands for an instance of a class that the format knows; undefined for any other. */
function storableBuiltIn(value: object, depth: number, walk: Walk): unknown {
  if (value instanceof Date) {
    return { $: "Date", v: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  }
  const refusal = refuseInstance(value);
  if (refusal !== undefined) throw refusal;
  if (value instanceof Map) return { $: "Map", v: storableEntries(value, depth, walk) };
  if (value instanceof Set) return { $: "Set", v: storableMembers(value, depth, walk) };
  if (value instanceof Error) return { $: "Error", v: storableError(value, depth, walk) };
  if (value instanceof RegExp) return { $: "RegExp", v: { source: value.source, flags: value.flags } };
  if (value instanceof ArrayBuffer) return { $: "ArrayBuffer", v: toBase64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) return storableBytes(value);
  if (isUrl(value)) return { $: "URL", v: value.href };
  if (isBoxed(value)) return storable(value.valueOf(), depth, walk);
  return undefined;
}

function storableEntries(map: ReadonlyMap<unknown, unknown>, depth: number, walk: Walk): unknown[] {
  const entries: unknown[] = [];
  for (const [key, value] of map) {
    const index = entries.length;
    const storedKey = part(() => `.<key ${index}>`, key);
    entries.push([storedKey, part(() => entryStep(key, index), value)]);
  }
  return entries;

  function part(step: () => string, each: unknown): unknown {
    return storablePart(step, each, { depth: depth + 2, walk });
  }
}

function storableMembers(members: ReadonlySet<unknown>, depth: number, walk: Walk): unknown[] {
  const list: unknown[] = [];
  for (const member of members) {
    const index = list.length;
    list.push(storablePart(() => `.<member ${index}>`, member, { depth: depth + 1, walk }));
  }
  return list;
}

function storableError(error: Error, depth: number, walk: Walk): unknown {
  const stored = { name: String(error.name), message: String(error.message) };
  if (!("cause" in error)) return stored;
  return { ...stored, cause: storablePart(() => ".cause", error.cause, { depth: depth + 1, walk }) };
}

function storablePart(step: () => string, value: unknown, { depth, walk }: { depth: number; walk: Walk }): unknown {
  try {
    return storable(value, depth, walk);
  } catch (error) {
    throw below(step, error);
  }
}

function storableBytes(view: ArrayBufferView): unknown {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  // The tag of typed arrays is their class's name, and not to be overridden by accident as `constructor` is.
  const kind = isBuffer(view) ? "Buffer" : (view as Uint8Array)[Symbol.toStringTag];
  return { $: kind, v: toBase64(bytes) };
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt;
}

/** By what `toJSON()` gives, asked once as JSON does, else by the own enumerable properties. */
function storableByToJson(instance: Fields, depth: number, walk: Walk): unknown {
  if (typeof instance["toJSON"] !== "function") return storableProperties(instance, depth, walk);
  const json: unknown = instance["toJSON"]("");
  const asksAgain = typeof json === "object" && json !== null && "toJSON" in json && typeof json.toJSON === "function";
  if (!asksAgain) return storable(json, depth + 1, walk);
  const { toJSON: _asked, ...properties } = json;
  return storableBuiltIn(json, depth + 1, walk) ?? storableProperties(properties, depth + 1, walk);
}

function storableProperties(instance: object, depth: number, walk: Walk): unknown {
  const properties: Fields = { ...instance };
  if (Object.keys(properties).length === 0) throw withoutProperties(instance);
  return storableRecord(properties, depth, walk);
}
