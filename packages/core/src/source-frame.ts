/** Lines shown before and after the one that matters. */
const LINES_AROUND = 2;
/** Longer lines are cut: a minified file is not worth a screen. */
const MAX_WIDTH = 160;

/** A place in a text. Lines and columns count from 1. */
export interface FramePlace {
  readonly line: number;
  /** Null where only the line is known. */
  readonly column: number | null;
}

/**
 * The line at a place with two around it and a mark below the column, ready to print; null when the text has no such
 * line. Tabs are shown as one space, so that the mark stands where it should on every terminal. A line that is too long
 * is cut around the column, and so are its neighbours.
 *
 * ```
 *   3 | import { fetchOrders } from "../src/shop";
 *   4 |
 * > 5 | throw new Error("no");
 *     | ^
 * ```
 */
export function sourceFrame(source: string, { line, column }: FramePlace): string | null {
  const lines = source.split(/\r?\n/);
  if (line < 1 || line > lines.length) return null;
  const first = Math.max(1, line - LINES_AROUND);
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const from = column === null || column <= MAX_WIDTH ? 0 : column - MAX_WIDTH / 2;
  const rows: string[] = [];
  for (const [index, text] of lines.slice(first - 1, last).entries()) {
    const number = first + index;
    const mark = number === line ? ">" : " ";
    rows.push(`${mark} ${String(number).padStart(width)} | ${visible(text, from)}`.trimEnd());
    if (number === line && column !== null) {
      rows.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1 - from))}^`);
    }
  }
  return rows.join("\n");
}

/** What of a line is shown when the first so many characters are not. A mark stands where something was left out. */
function visible(line: string, from: number): string {
  const shown = line.slice(from, from + MAX_WIDTH).replaceAll("\t", " ");
  const start = from > 0 && shown !== "" ? `…${shown.slice(1)}` : shown;
  return line.length > from + MAX_WIDTH ? `${start.slice(0, -1)}…` : start;
}
