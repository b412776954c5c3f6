import { stripVTControlCharacters } from "node:util";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** East Asian wide and full-width blocks, and emoji: two columns each. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6])/u;
const ESCAPE = "\u001b";
/** A sequence that sets colours or weight; splitting by it keeps it. */
const COLOUR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
const PLAIN = /^[\x20-\x7e]*$/;

/** How many columns of a terminal a text takes; escape sequences take none. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Fills up with spaces on the right. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** Fills up with spaces on the left. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - textWidth(text))) + text;
}

/**
 * Cuts a line to a number of columns and puts `…` where something is missing. Escape sequences are kept, those after
 * the cut too, so that a colour never leaks into the next line.
 */
export function cutToWidth(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  let width = 0;
  let out = "";
  let full = false;
  for (const part of line.split(COLOUR)) {
    if (part.startsWith(ESCAPE)) {
      out += part;
      continue;
    }
    for (const { segment } of segmenter.segment(part)) {
      if (full) break;
      width += WIDE.test(segment) ? 2 : 1;
      full = width > columns - 1;
      out += full ? "…" : segment;
    }
  }
  return out;
}

/** Breaks text at spaces into lines of at most `columns`; a longer word stands alone. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const next = line === "" ? word : `${line} ${word}`;
    if (textWidth(next) > columns && line !== "") {
      lines.push(line);
      line = word;
    } else {
      line = next;
    }
  }
  return [...lines, line];
}
