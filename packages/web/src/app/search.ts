type Search = Readonly<Record<string, unknown>>;

/** Text of an address; what is none is as if it were not there. */
export function textIn(search: Search, field: string): string | undefined {
  const value = search[field];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** One or several texts. */
export function textsIn(search: Search, field: string): string[] | undefined {
  const value = search[field];
  const texts = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string" && each !== "");
  return texts.length === 0 ? undefined : texts;
}

export function wholeIn(search: Search, field: string): number | undefined {
  const value = Number(search[field]);
  return search[field] !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function oneOf<const Choice extends string>(
  search: Search,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === search[field]);
}
