import { type EncodedText, encode, formatByteSize, isMillraceError, MillraceError } from "@millrace/core";
import { writeArtifactBlocking } from "../artifacts/write-artifact.ts";
import type { ChildOutcome } from "../framing/messages.ts";

export interface OutputLimits {
  readonly artifactsDir: string;
  /** Larger ones go to an artifact, in bytes of text. */
  readonly inlineBytes: number;
  /** Larger ones are refused. */
  readonly maxOutputBytes: number;
  readonly refuse?: OutputCheck;
}

/** Sees each piece of a value's text before it is kept, and throws where nothing of it may be. */
export type OutputCheck = (text: string, what: string) => void;

/** What the parent is told of an output, and its text where that goes along. */
export interface StoredOutput {
  readonly outcome: Extract<ChildOutcome, { state: "success" }>;
  readonly text: string;
}

/** Longer lists are encoded in stretches, so that their text need not fit into one string. */
const WHOLE_LIST_LENGTH = 1024;
/** A stretch of a list should be about this long. */
const STRETCH_LENGTH = 1024 * 1024;

const NO_OUTPUT: StoredOutput = { outcome: { state: "success", output: "none" }, text: "" };
const INLINE = { state: "success", output: "inline" } as const;

/**
 * Turns what a handler returned into what is stored: nothing, a text, or an artifact on the disk.
 *
 * @param what names the value in refusals: `output of task "load"`.
 * @throws MillraceError `OUTPUT_NOT_STORABLE` or `OUTPUT_TOO_LARGE`.
 */
export function storeOutput(value: unknown, what: string, limits: OutputLimits): StoredOutput {
  if (value === undefined) return NO_OUTPUT;
  const { refuse } = limits;
  const encoded = encodeInChunks(value, what);
  const chunks = refuse === undefined ? encoded : seen(encoded, (text) => refuse(text, what));
  const head: string[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    head.push(chunk);
    // Most texts are so short that there is no need to count.
    bytes += chunk.length * 3 <= limits.inlineBytes ? chunk.length : Buffer.byteLength(chunk);
    if (bytes > limits.inlineBytes) return spill(rest(head, chunks), what, limits);
  }
  const text = head.length === 1 ? (head[0] ?? "") : head.join("");
  if (text.length * 3 > limits.inlineBytes && Buffer.byteLength(text) > limits.inlineBytes) {
    return spill([text], what, limits);
  }
  return { outcome: INLINE, text };
}

/** No text of the value is cut where a piece ends, so each piece can be looked at by itself. */
function* seen(chunks: Iterable<string>, look: (text: string) => void): Generator<string, void, undefined> {
  for (const chunk of chunks) {
    look(chunk);
    yield chunk;
  }
}

function* rest(head: readonly string[], chunks: Iterator<string>): Generator<string> {
  yield* head;
  for (let step = chunks.next(); step.done !== true; step = chunks.next()) yield step.value;
}

function spill(texts: Iterable<string>, what: string, limits: OutputLimits): StoredOutput {
  const counter = { bytes: 0 };
  const { artifact, bytes } = writeArtifactBlocking(limits.artifactsDir, limited(texts, limits, { what, counter }));
  return { outcome: { state: "success", output: "artifact", artifact, bytes }, text: "" };
}

/** Over the limit nothing more is written, but counted on: the message should say how much it was. */
function* limited(
  texts: Iterable<string>,
  limits: OutputLimits,
  { what, counter }: { what: string; counter: { bytes: number } },
): Generator<Buffer> {
  for (const text of texts) {
    if (counter.bytes > limits.maxOutputBytes) {
      counter.bytes += Buffer.byteLength(text);
      continue;
    }
    const chunk = Buffer.from(text);
    counter.bytes += chunk.length;
    if (counter.bytes <= limits.maxOutputBytes) yield chunk;
  }
  if (counter.bytes <= limits.maxOutputBytes) return;
  const [size, limit] = [formatByteSize(counter.bytes), formatByteSize(limits.maxOutputBytes)];
  throw new MillraceError("OUTPUT_TOO_LARGE", `The ${what} has ${size}; the limit is ${limit}.`, {
    hint: "Write large data to a file or a table, and return where it is.",
  });
}

/** The text of a value, in pieces where it is a long list, or too long for one string. */
function* encodeInChunks(value: unknown, what: string): Generator<string, void, undefined> {
  if (Array.isArray(value) && value.length > WHOLE_LIST_LENGTH) yield* encodeList(value, what);
  else yield* encodeWhole(value, what);
}

function* encodeWhole(value: unknown, what: string): Generator<string, void, undefined> {
  let text: EncodedText;
  try {
    text = encode(value, what);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    if (Array.isArray(value)) yield* encodeList(value, what);
    else if (isPlainRecord(value)) yield* encodeRecord(value, what);
    else throw error;
    return;
  }
  yield text;
}

/** Stretch by stretch; how many elements are in one follows from how long the last was. */
function* encodeList(list: readonly unknown[], what: string): Generator<string, void, undefined> {
  yield "[";
  let count = 64;
  for (let at = 0; at < list.length; ) {
    const stretch = list.slice(at, at + count);
    const comma = at === 0 ? "" : ",";
    const text = encodeStretch(stretch, what, at);
    if (text === undefined && stretch.length > 1) {
      count = Math.ceil(stretch.length / 2);
      continue;
    }
    if (text === undefined) {
      yield comma;
      yield* encodeInChunks(stretch[0], `${what}, element ${at}`);
    } else yield comma + text.slice(1, -1);
    at += stretch.length;
    const length = text?.length ?? STRETCH_LENGTH;
    count = Math.min(16 * count, Math.max(1, Math.ceil((count * STRETCH_LENGTH) / Math.max(length, 1))));
  }
  yield "]";
}

/** Undefined when its text is too long for one string. */
function encodeStretch(stretch: readonly unknown[], what: string, at: number): string | undefined {
  try {
    return encode(stretch, what);
  } catch (error) {
    if (isTooLong(error)) return undefined;
    // The refusal counts from the stretch's beginning; say which element of the list it is.
    for (const [index, element] of stretch.entries()) encode(element, `${what}, element ${at + index},`);
    throw error;
  }
}

function* encodeRecord(record: Readonly<Record<string, unknown>>, what: string): Generator<string, void, undefined> {
  let before = "{";
  for (const [name, field] of Object.entries(record)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* encodeInChunks(field, `${what}, field ${name}`);
    before = ",";
  }
  yield "}";
}

function isTooLong(error: unknown): boolean {
  return isMillraceError(error) && error.code === "OUTPUT_TOO_LARGE";
}

/** Records with a field `$` need an escape; none is as large as to get here. */
function isPlainRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Object.hasOwn(value, "$")) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !("toJSON" in value);
}
