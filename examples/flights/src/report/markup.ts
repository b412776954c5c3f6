/** Text that is markup already. Everything else that is put into a page is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | readonly Part[];

/** Puts markup together: `` html`<b>${name}</b>` ``. Values are escaped, lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + show(parts[index - 1] ?? "") + string));
}

function show(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(show).join("");
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function integer(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

export function percent(share: number, digits = 0): string {
  // A no-break space, so that a number and its sign stay on one line.
  return `${(share * 100).toFixed(digits)}\u00a0%`;
}

/** `Sun, 25 Feb` for `2001-02-25`. */
export function shortDay(day: string): string {
  const options = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Date(day).toLocaleDateString("en-GB", options);
}
