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

/** A day that there is: `2026-11-22`. */
export function dayIn(search: Search, field: string): string | undefined {
  const text = textIn(search, field) ?? "";
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : undefined;
}

/** `2026-11`. */
export function monthIn(search: Search, field: string): string | undefined {
  const text = textIn(search, field) ?? "";
  return dayIn({ day: `${text}-01` }, "day") === undefined ? undefined : text;
}
