import { MillraceError } from "../errors/millrace-error.ts";
import type { ArtifactId } from "../ids.ts";
import type { Path } from "../spec/template.ts";
import { fromBase64 } from "./base64.ts";
import { pick } from "./compose.ts";
import type { EncodedText } from "./encoded.ts";
import { makeBuffer, makeUrl } from "./platform.ts";

/** Stands in a text for a value in artifact storage, or for what is at `path` inside it. */
export interface ArtifactPointer {
  readonly id: ArtifactId;
  readonly path: Path;
}

/**
 * Gives the text of what a pointer points at, its path already followed; undefined where the path leads nowhere. The
 * text may hold pointers again. To give what an artifact holds as a whole and follow the path in it, see `pickText`. A
 * value whose text is longer than JavaScript's longest is given decoded.
 */
export type ResolvePointer = (pointer: ArtifactPointer) => EncodedText | { readonly value: unknown } | undefined;

type Fields = Record<string, unknown>;

/**
 * Turns a text of `encode`, or one composed of such, back into the value. A text without anything special costs what
 * `JSON.parse` costs.
 *
 * @param resolve is asked for each pointer to an artifact. Without it a text with pointers is refused.
 * @throws MillraceError `VALUE_UNREADABLE` for text that is not of this format, or of a newer one;
 * `ARTIFACT_MISSING` for a pointer when there is no `resolve`.
 */
export function decode(text: EncodedText, resolve: ResolvePointer = refusePointer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MillraceError(
      "VALUE_UNREADABLE",
      `A stored value cannot be read: it is no JSON (${text.length} characters).`,
      {
        hint: "The database or artifact file was changed or damaged; restore it, or run the task again.",
        cause,
      },
    );
  }
  // The first character of what is searched for decides the speed: quotes are everywhere, `$` is rare.
  return text.includes('$"') ? revive(value, resolve) : value;
}

/** Works in place: what `JSON.parse` gave belongs to us alone. */
function revive(value: unknown, resolve: ResolvePointer): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return reviveList(value, resolve);
  const kind = (value as Fields)["$"];
  return kind === undefined ? reviveFields(value as Fields, resolve) : reviveKind(kind, value as Fields, resolve);
}

function reviveList(list: unknown[], resolve: ResolvePointer): unknown[] {
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    if (typeof value === "object" && value !== null) list[index] = revive(value, resolve);
  }
  return list;
}

function reviveFields(fields: Fields, resolve: ResolvePointer): Fields {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== "object" || value === null) continue;
    const revived = revive(value, resolve);
    // A field called `__proto__` is an own property here, so this sets it and no prototype.
    if (revived !== value) fields[name] = revived;
  }
  return fields;
}

function reviveKind(kind: unknown, { v }: Fields, resolve: ResolvePointer): unknown {
  switch (kind) {
    case "undefined":
      return undefined;
    case "NaN":
    case "Infinity":
    case "-Infinity":
    case "-0":
      return Number(kind);
    case "Date":
      return new Date(v === null ? Number.NaN : (v as string));
    case "BigInt":
      return BigInt(v as string);
    case "Map":
      return new Map(reviveList(v as unknown[], resolve) as [unknown, unknown][]);
    case "Set":
      return new Set(reviveList(v as unknown[], resolve));
    case "RegExp":
      return new RegExp((v as RegExp).source, (v as RegExp).flags);
    case "URL":
      return makeUrl(v as string);
    case "Error":
      return reviveError(reviveFields(v as Fields, resolve));
    case "Object":
      return reviveFields(v as Fields, resolve);
    case "Artifact":
      return revivePointer(v as ArtifactPointer, resolve);
    case "Pick":
      return revivePick(v as [unknown, Path], resolve);
    default:
      return reviveBytes(kind, v as string);
  }
}

function revivePointer(pointer: ArtifactPointer, resolve: ResolvePointer): unknown {
  const found = resolve(pointer);
  if (typeof found === "object") return found.value;
  return found === undefined ? undefined : decode(found, resolve);
}

function revivePick([value, path]: [unknown, Path], resolve: ResolvePointer): unknown {
  return pick(revive(value, resolve), path);
}

const ERROR_CLASSES: ReadonlyMap<unknown, ErrorConstructor> = new Map(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => [each.name, each]),
);

/** Errors of the language come back as instances of their classes, others as Errors with their name. */
function reviveError(fields: Fields): Error {
  const { name, message } = fields as { name: string; message: string };
  const ErrorClass = ERROR_CLASSES.get(name) ?? Error;
  const error = "cause" in fields ? new ErrorClass(message, { cause: fields["cause"] }) : new ErrorClass(message);
  if (error.name !== name) Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
  // The place where it was decoded would mislead.
  error.stack = String(error);
  return error;
}

const VIEWS: ReadonlyMap<unknown, new (buffer: ArrayBuffer) => ArrayBufferView> = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((each) => [each.name, each]),
);

function reviveBytes(kind: unknown, text: string): unknown {
  const View = VIEWS.get(kind);
  if (View === undefined && kind !== "ArrayBuffer" && kind !== "Buffer") {
    throw new MillraceError("VALUE_UNREADABLE", `A stored value is of an unknown kind: ${JSON.stringify(kind)}.`, {
      hint: "A newer version of Millrace wrote it: use that version.",
    });
  }
  const bytes = fromBase64(text);
  if (kind === "Buffer") return makeBuffer(bytes);
  return View === undefined ? bytes.buffer : new View(bytes.buffer);
}

function refusePointer(pointer: ArtifactPointer): never {
  throw new MillraceError("ARTIFACT_MISSING", `A value lies in artifact ${pointer.id}, which cannot be read here.`, {
    hint: "Values with pointers are decoded where artifact storage is at hand.",
  });
}
