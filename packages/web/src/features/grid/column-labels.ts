import { instantText } from "../../ui/time-text.ts";
import type { GridScene } from "./grid-scene.ts";

/** What a label needs, with some air. */
const ROOM = 62;

/** A key that is longer has no room. */
const LONGEST = 10;

/**
 * By column, the oldest run's first, for as many as there is room for: the partition that it covers, else when it was made.
 * A new day says which.
 */
export function columnLabels(
  { grid, zone }: Pick<GridScene, "grid" | "zone">,
  column: number,
): readonly (string | undefined)[] {
  const each = Math.max(1, Math.ceil(ROOM / column));
  const { length } = grid.runs;
  let day = "";
  return Array.from({ length }, (_, at) => {
    const run = grid.runs[length - 1 - at];
    if (run === undefined || at % each !== 0 || (length - at) * column < ROOM - 20) return undefined;
    if (run.slice !== null) return keyText(run.slice);
    const text = instantText(Date.parse(run.createdAt), zone);
    const isNewDay = text.slice(0, 10) !== day;
    day = text.slice(0, 10);
    if (!isNewDay) return text.slice(11, 16);
    return length < each * 2 ? text.slice(5, 16) : text.slice(5, 10);
  });
}

/** What a run covers; of several keys the first. */
function keyText(slice: NonNullable<GridScene["grid"]["runs"][number]["slice"]>): string {
  const key = slice.kind === "key" ? slice.key : slice.kind === "range" ? slice.from : (slice.keys[0] ?? "");
  return key.length > LONGEST ? `${key.slice(0, LONGEST - 1)}…` : key;
}
