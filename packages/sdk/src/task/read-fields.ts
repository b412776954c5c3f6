import { invalid, unknownOption } from "./read-option.ts";

/** The fields of an object of options, of which none is unknown. */
export function readFields(value: unknown, what: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(what, "an object", value);
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) throw unknownOption(unknown, what, known);
  return value as Readonly<Record<string, unknown>>;
}
