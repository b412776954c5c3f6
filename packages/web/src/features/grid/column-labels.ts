import { instantText } from "../../ui/time-text.ts";
import type { GridScene } from "./grid-scene.ts";

/** What a label needs, with some air. */
const ROOM = 62;

/** By column, the oldest run's first: when it was made, for as many as there is room for. A new day says which. */
export function columnLabels({ grid, zone }: GridScene, column: number): readonly (string | undefined)[] {
  const each = Math.max(1, Math.ceil(ROOM / column));
  const { length } = grid.runs;
  let day = "";
  return Array.from({ length }, (_, at) => {
    const run = grid.runs[length - 1 - at];
    if (run === undefined || at % each !== 0 || (length - at) * column < ROOM - 20) return undefined;
    const text = instantText(Date.parse(run.createdAt), zone);
    const isNewDay = text.slice(0, 10) !== day;
    day = text.slice(0, 10);
    if (!isNewDay) return text.slice(11, 16);
    return length < each * 2 ? text.slice(5, 16) : text.slice(5, 10);
  });
}
