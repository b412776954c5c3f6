/**
 * JSON for programs in other languages, which know nothing of how Millrace stores values: dates become ISO 8601 text,
 * big integers plain digits, maps objects (lists of pairs when a key is no text), sets lists, bytes base64 text;
 * `undefined` in objects is left out, and numbers that JSON has no word for (NaN, infinities) become null.
 */
export function toPlainJson(value: unknown): string {
  return JSON.stringify(value, plainValue) ?? "null";
}

/** `rawJSON` is in the language since ES2026; the compiler's library does not list it yet. */
const json = JSON as unknown as { rawJSON(text: string): unknown };

function plainValue(this: unknown, key: string, value: unknown): unknown {
  // A Date has turned itself into text by now; ask for what it was.
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Date) return Number.isNaN(original.getTime()) ? null : original.toISOString();
  if (typeof value === "bigint") return json.rawJSON(value.toString());
  if (value instanceof Map) {
    const named = [...value.keys()].every((each) => typeof each === "string");
    return named ? Object.fromEntries(value) : [...value];
  }
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(original) && !(original instanceof DataView)) {
    return original instanceof Uint8Array
      ? Buffer.from(original.buffer, original.byteOffset, original.byteLength).toString("base64")
      : [...(original as unknown as Iterable<number>)];
  }
  return value;
}

/** Any value as one text: text as it is, dates in ISO 8601, structures as plain JSON, nothing as nothing. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" || typeof value === "bigint" ? `${value}` : toPlainJson(value);
}

/** Enough digits in a row that a number may not fit a double. */
const LONG_NUMBER = /\d{16}/;

/**
 * Reads JSON as other languages write it. Integers too large for a number become BigInt instead of being rounded;
 * Python's bare `NaN`, `Infinity` and `-Infinity` are understood.
 *
 * @throws SyntaxError when it is neither JSON nor that.
 */
export function parseForeignJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (refused) {
    const spelled = spellNonFinite(text);
    if (spelled === text) throw refused;
    return JSON.parse(spelled, exactNumber);
  }
}

/** Numbers that no program writes: they overflow, and their spelling tells what they stand for. */
const SPELLINGS: Readonly<Record<string, string>> = { NaN: "1e99999", Infinity: "1e999", "-Infinity": "-1e999" };

function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  if (source === SPELLINGS["NaN"]) return Number.NaN;
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return value;
  return BigInt(source);
}

const STRING_OR_NON_FINITE = /"|-?Infinity\b|\bNaN\b/g;

/** Replaces the bare words outside strings. */
function spellNonFinite(text: string): string {
  let spelled = "";
  let done = 0;
  STRING_OR_NON_FINITE.lastIndex = 0;
  for (let match = STRING_OR_NON_FINITE.exec(text); match !== null; match = STRING_OR_NON_FINITE.exec(text)) {
    if (match[0] === '"') {
      STRING_OR_NON_FINITE.lastIndex = stringEnd(text, match.index);
      continue;
    }
    spelled += text.slice(done, match.index) + (SPELLINGS[match[0]] ?? match[0]);
    done = match.index + match[0].length;
  }
  return spelled + text.slice(done);
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
