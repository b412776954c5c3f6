/** Colours as functions from text to text. Without colour each gives its text back. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly magenta: (text: string) => string;
}

const ESC = "\u001b[";

function wrap(open: number, close: number, enabled: boolean): (text: string) => string {
  return (text) => (enabled && text !== "" ? `${ESC}${open}m${text}${ESC}${close}m` : text);
}

export function makeStyle(enabled: boolean): Style {
  return {
    bold: wrap(1, 22, enabled),
    dim: wrap(2, 22, enabled),
    red: wrap(31, 39, enabled),
    green: wrap(32, 39, enabled),
    yellow: wrap(33, 39, enabled),
    blue: wrap(34, 39, enabled),
    cyan: wrap(36, 39, enabled),
    magenta: wrap(35, 39, enabled),
  };
}

export interface ColourSigns {
  readonly isTerminal: boolean;
  readonly noColor: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `--no-color` and NO_COLOR (no-color.org) win over FORCE_COLOR, and that over what the stream is. */
export function wantsColour({ isTerminal, noColor, env }: ColourSigns): boolean {
  if (noColor || (env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}
