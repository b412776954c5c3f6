import { inspect } from "node:util";
import { decode, formatByteSize, type StoredValue } from "@millrace/core";
import { toPlainJson } from "@millrace/sdk";

/** What of a value stands on one line. */
export interface ValuePreview {
  readonly text: string;
  /** There is more than the text shows. */
  readonly cut: boolean;
}

const WHOLE = { maxArrayLength: null, maxStringLength: null, depth: null } as const;
const BRIEF = { maxArrayLength: 8, maxStringLength: 60, depth: 3 } as const;

/** Stands for what is kept apart from the value around it, and is not read for a preview. */
class Elsewhere {
  [inspect.custom](): string {
    return "…";
  }
}

/** A stored value on one line of at most so many columns; undefined for nothing. Reads no artifact. */
export function previewOf(stored: StoredValue, columns: number): ValuePreview | undefined {
  if (stored.kind === "none") return undefined;
  if (stored.kind === "artifact") return { text: formatByteSize(stored.bytes), cut: true };
  let cut = false;
  const value = decode(stored.text, () => {
    cut = true;
    return { value: new Elsewhere() };
  });
  if (value instanceof Elsewhere) return { text: "a large value", cut: true };
  const text = onOneLine(value, BRIEF);
  if (text.length > columns) return { text: `${text.slice(0, Math.max(0, columns - 1))}…`, cut: true };
  return { text, cut: cut || text !== onOneLine(value, WHOLE) };
}

/** As JavaScript writes it, for that shows what JSON has no word for. */
function onOneLine(value: unknown, limits: typeof WHOLE | typeof BRIEF): string {
  return inspect(value, { ...limits, breakLength: Number.POSITIVE_INFINITY, compact: true }).replaceAll("\n", " ");
}

/**
 * The value as `JSON.stringify` takes it, for programs: dates become text, maps objects, sets lists, bytes base64. Big
 * integers keep all their digits.
 */
export function plainValue(value: unknown): unknown {
  return JSON.parse(toPlainJson(value), keepDigits);
}

/** A small value for a record; undefined when there is none, or it is too large to be printed unasked. */
export function smallPlainValue(stored: StoredValue): unknown {
  if (stored.kind !== "inline") return undefined;
  let whole = true;
  const value = decode(stored.text, () => {
    whole = false;
    return { value: null };
  });
  return whole ? plainValue(value) : undefined;
}

/** The compiler's library does not list `rawJSON` yet. */
const json = JSON as unknown as { rawJSON(text: string): unknown };

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const isExact =
    typeof value !== "number" || source === undefined || Number.isSafeInteger(value) || !/^-?\d+$/.test(source);
  return isExact ? value : json.rawJSON(source);
}
