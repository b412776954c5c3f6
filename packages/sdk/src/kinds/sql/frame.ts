/** Lines shown before and after the one that matters. */
const AROUND = 2;

/** A place in a text that may have a file's name, and the lines around it. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Counts lines and columns from 1. */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  const line = before.split("\n").length;
  return { line, column: before.length - (before.lastIndexOf("\n") + 1) + 1 };
}

/** The line at a place with two around it and a mark under the column, ready to print. */
export function frameAt(text: string, place: TextPlace): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, place.line - AROUND);
  const last = Math.min(lines.length, place.line + AROUND);
  const width = String(last).length;
  const shown: string[] = [];
  for (let line = first; line <= last; line += 1) {
    const mark = line === place.line ? ">" : " ";
    shown.push(`${mark} ${String(line).padStart(width)} | ${lines[line - 1] ?? ""}`.trimEnd());
    if (line === place.line) shown.push(`  ${" ".repeat(width)} | ${" ".repeat(place.column - 1)}^`);
  }
  return shown.join("\n");
}
