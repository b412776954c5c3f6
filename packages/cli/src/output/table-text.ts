import { padEnd, padStart, textWidth } from "./text-width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "right";
}

/** Rows under titles, columns two spaces apart, no trailing spaces. Cells may be coloured. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  styleTitle: (text: string) => string,
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (columns[index]?.align === "right" ? padStart : padEnd)(cell, widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => styleTitle(title))), ...rows.map(line)];
}
