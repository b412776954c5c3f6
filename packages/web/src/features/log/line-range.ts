/** Lines of a log by their numbers, from 0, both ends included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Lines as an address has them, counted from 1 as the page shows them: 61 or `61-80`. A number stays one in an address. */
export type LinePlace = string | number;

export function rangeOf(place: LinePlace | undefined): LineRange | undefined {
  const [, first, last] = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(String(place ?? "")) ?? [];
  if (first === undefined) return undefined;
  const [one, other] = [Number(first), Number(last ?? first)];
  if (one < 1 || other < 1) return undefined;
  return { from: Math.min(one, other) - 1, to: Math.max(one, other) - 1 };
}

export function placeOf({ from, to }: LineRange): LinePlace {
  return from === to ? from + 1 : `${from + 1}-${to + 1}`;
}

/** The lines between the one that was clicked first and this one. */
export function stretchTo(range: LineRange | undefined, line: number): LineRange {
  if (range === undefined) return { from: line, to: line };
  return { from: Math.min(range.from, line), to: line < range.from ? range.to : line };
}
