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
] as const;

/** A line that changes its colour more often than this is plain from there on: each change is an element of the page. */
const MOST_PIECES = 400;

// What terminals take as orders begins with this; only colours and weights mean something here.
const ORDER = new RegExp(`${String.fromCharCode(27)}\\[([0-9;:?]*)([ -/]*[@-~])?`, "g");

/** A line as it would look on a terminal: its colours, without the letters that order them. */
export function piecesOf(line: string): readonly Piece[] {
  if (!line.includes(String.fromCharCode(27))) return [{ text: line, look: "" }];
  const pieces: Piece[] = [];
  const style: Style = { colour: "", weight: "", line: "" };
  let from = 0;
  for (const match of line.matchAll(ORDER)) {
    push(pieces, line.slice(from, match.index), style);
    from = match.index + match[0].length;
    if (match[2] === "m") apply(match[1] ?? "", style);
    if (pieces.length >= MOST_PIECES) break;
  }
  push(pieces, line.slice(from).replace(ORDER, ""), style);
  return pieces;
}

/** A line without its colours, as one copies it. */
export function plainText(line: string): string {
  return line.replace(ORDER, "");
}

interface Style {
  colour: string;
  weight: string;
  line: string;
}

function push(pieces: Piece[], text: string, { colour, weight, line }: Style): void {
  if (text !== "") pieces.push({ text, look: [colour, weight, line].filter(Boolean).join(" ") });
}

function apply(orders: string, style: Style): void {
  const codes = orders.split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] as number;
    if (code === 38 || code === 48) {
      const isNumbered = codes[at + 1] === 5;
      const colour = isNumbered ? numbered(codes[at + 2] ?? 7) : nearest(codes.slice(at + 2, at + 5));
      if (code === 38) style.colour = colour;
      at += isNumbered ? 2 : 4;
    } else applyOne(code, style);
  }
}

function applyOne(code: number, style: Style): void {
  if (code === 0) Object.assign(style, { colour: "", weight: "", line: "" });
  if (code === 1) style.weight = "font-semibold";
  if (code === 2) style.weight = "opacity-70";
  if (code === 22) style.weight = "";
  if (code === 4) style.line = "underline";
  if (code === 24) style.line = "";
  if (code === 39) style.colour = "";
  const isColour = (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
  if (isColour) style.colour = COLOURS[code % 10] ?? "";
}

/** Of 256 colours: sixteen that have names, a cube of six by six by six, and greys. */
function numbered(code: number): string {
  if (code < 16) return COLOURS[code % 8] ?? "";
  if (code >= 232) return code < 244 ? "text-ink-3" : "text-ink";
  const place = code - 16;
  return nearest([Math.floor(place / 36) * 51, (Math.floor(place / 6) % 6) * 51, (place % 6) * 51]);
}

/** Of our colours, which are readable in both themes, the one that a colour is nearest to. */
function nearest([red = 0, green = 0, blue = 0]: readonly number[]): string {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 48) return most < 128 ? "text-ink-3" : "text-ink";
  // The primary and mixed colours are the corners of the cube, and have the numbers of their bits.
  const half = most - range / 2;
  return COLOURS[(red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0)] ?? "";
}
