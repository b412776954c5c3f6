/**
 * Rows of a list that is longer than a browser can scroll, and whose heights are not known before they are seen. The bar at the
 * side says how far down one is, as a part of the whole; that part of the rows is above a point that is the same part of the
 * window down. So the first row is at the top at the beginning, and the last at the bottom at the end, whatever their heights.
 */

/** The height that a row has unless its text is wrapped. */
export const ROW_PX = 20;
/** Browsers end pages at 17 to 33 million. */
const MOST_PX = 12_000_000;

export interface Anchor {
  /** The row at the anchor, and how much of it is above. */
  readonly row: number;
  readonly part: number;
  /** From the top of the window. */
  readonly top: number;
}

export function heightOf(rows: number): number {
  return Math.min(rows * ROW_PX, MOST_PX);
}

interface Window {
  readonly rows: number;
  readonly height: number;
}

export function anchorAt(scrollTop: number, { rows, height }: Window): Anchor {
  const room = heightOf(rows) - height;
  const part = room <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / room));
  const place = part * rows;
  const row = Math.max(0, Math.min(rows - 1, Math.floor(place)));
  return { row, part: place - row, top: part * height };
}

/** The rows that may be seen, with some more on both sides. */
export function rowsAround(
  { row, top }: Anchor,
  { rows, height }: Window,
  spare: number,
): { from: number; to: number } {
  const above = Math.ceil(top / ROW_PX) + spare;
  const below = Math.ceil((height - top) / ROW_PX) + spare;
  return { from: Math.max(0, row - above), to: Math.min(rows, row + below + 1) };
}

/** Where to scroll so that a row is in the middle; with wrapped rows, so that it is seen. */
export function scrollTo(row: number, { rows, height }: Window, isWrapped: boolean): number {
  const room = Math.max(0, heightOf(rows) - height);
  if (isWrapped) return Math.min(room, (room * (row + 0.01)) / rows);
  const length = rows * ROW_PX - height;
  if (length <= 0) return 0;
  const part = (row * ROW_PX - height / 2 + ROW_PX / 2) / length;
  return room * Math.min(1, Math.max(0, part));
}
