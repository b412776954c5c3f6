export interface Piece {
  readonly text: string;
  /** Classes of the style sheet; empty for plain text. */
  readonly look: string;
}

const COLOURS = [
  "text-ink-3",
  "text-failed",
  "text-success",
  "text-blocked",
  "text-running",
  "text-waiting",
  "text-accent",
  "text-ink",
];

// What terminals take as orders begins with this; only colours and weights mean something here.
const ORDER = new RegExp(`${String.fromCharCode(27)}\\[([0-9;?]*)([A-Za-z])`, "g");

/** A line as it would look on a terminal: its colours, without the letters that order them. */
export function piecesOf(line: string): readonly Piece[] {
  if (!line.includes(String.fromCharCode(27))) return [{ text: line, look: "" }];
  const pieces: Piece[] = [];
  const style = { colour: "", weight: "" };
  let from = 0;
  for (const match of line.matchAll(ORDER)) {
    push(pieces, line.slice(from, match.index), style);
    from = match.index + match[0].length;
    if (match[2] === "m") apply(match[1] ?? "", style);
  }
  push(pieces, line.slice(from), style);
  return pieces;
}

interface Style {
  colour: string;
  weight: string;
}

function push(pieces: Piece[], text: string, { colour, weight }: Style): void {
  if (text !== "") pieces.push({ text, look: `${colour} ${weight}`.trim() });
}

function apply(codes: string, style: Style): void {
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) Object.assign(style, { colour: "", weight: "" });
    if (code === 1) style.weight = "font-semibold";
    if (code === 2) style.weight = "opacity-70";
    if (code === 22) style.weight = "";
    if (code === 39) style.colour = "";
    const colour = COLOURS[code % 10];
    const isColour = (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
    if (isColour && colour !== undefined) style.colour = colour;
  }
}
