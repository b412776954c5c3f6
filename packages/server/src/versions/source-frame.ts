const LINES_AROUND = 2;
/** Longer lines are cut: a minified file is not worth a screen. */
const MAX_WIDTH = 160;

/**
 * The source line with two around it and a mark below the column, ready to print:
 *
 * ```
 *   3 | import { fetchOrders } from "../src/shop";
 *   4 |
 * > 5 | throw new Error("no");
 *     | ^
 * ```
 */
export function sourceFrame(source: string, line: number, column: number | null): string | null {
  const lines = source.split(/\r?\n/);
  if (line < 1 || line > lines.length) return null;
  const first = Math.max(1, line - LINES_AROUND);
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = (lines[number - 1] ?? "").replaceAll("\t", " ").slice(0, MAX_WIDTH);
    rows.push(`${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line && column !== null && column <= MAX_WIDTH) {
      rows.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1))}^`);
    }
  }
  return rows.join("\n");
}
