/** JSON for a column that may be null: null stays null, so that queries can ask for it. */
export function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/**
 * Reads what `toJson` wrote. The text comes from our own rows, so its type is the one that was written there; a text
 * that does not parse means a damaged database and throws.
 */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function fromJsonOrNull<T>(text: string | null): T | null {
  return text === null ? null : fromJson<T>(text);
}
