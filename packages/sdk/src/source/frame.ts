import { readFileSync } from "node:fs";
import type { AbsolutePlace } from "./call-site.ts";

/** Lines shown before and after the one that matters. */
const AROUND = 2;

/**
 * The source line at a place with two around it, ready to print, and a mark under the column. Undefined where the file
 * cannot be read: a frame is a help, never a reason to fail.
 */
export function sourceFrame(place: AbsolutePlace): string | undefined {
  let lines: string[];
  try {
    lines = readFileSync(place.file, "utf8").split(/\r?\n/);
  } catch {
    return undefined;
  }
  if (place.line < 1 || place.line > lines.length) return undefined;
  const first = Math.max(1, place.line - AROUND);
  const last = Math.min(lines.length, place.line + AROUND);
  const width = String(last).length;
  const shown: string[] = [];
  for (let line = first; line <= last; line += 1) {
    const mark = line === place.line ? ">" : " ";
    shown.push(`${mark} ${String(line).padStart(width)} | ${lines[line - 1] ?? ""}`.trimEnd());
    if (line === place.line) shown.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, place.column - 1))}^`);
  }
  return shown.join("\n");
}
