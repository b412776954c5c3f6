import type { MatrixCell } from "./matrix-cells.ts";

/** Where each cell stands, in columns and rows. */
export interface MatrixLayout {
  readonly columns: number;
  readonly rows: number;
  /** By place: `row * columns + column`. Undefined where nothing was made. */
  readonly cells: readonly (MatrixCell | undefined)[];
  /** Of a matrix of two dimensions; undefined where cells only follow each other. */
  readonly names?: { readonly rows: readonly string[]; readonly columns: readonly string[] };
}

/** Cells that follow each other, as many in a row as there is room for. */
export function flowLayout(cells: readonly MatrixCell[], columns: number): MatrixLayout {
  const most = Math.max(1, columns);
  return { columns: Math.min(most, Math.max(1, cells.length)), rows: Math.ceil(cells.length / most), cells };
}

/**
 * Keys of two dimensions, `zug|2026-01-03`, as rows and columns, each in the order in which its values came first. The one
 * with fewer values is the rows. Undefined where some key has another form.
 */
export function productLayout(cells: readonly MatrixCell[]): MatrixLayout | undefined {
  if (cells.length < 2) return undefined;
  const [first, second] = [new Map<string, number>(), new Map<string, number>()];
  const places: { readonly one: number; readonly other: number; readonly cell: MatrixCell }[] = [];
  for (const cell of cells) {
    const cut = cell.run.slice?.kind === "key" ? cell.label.indexOf("|") : -1;
    if (cut < 0) return undefined;
    places.push({
      one: placeIn(first, cell.label.slice(0, cut)),
      other: placeIn(second, cell.label.slice(cut + 1)),
      cell,
    });
  }
  const isTurned = second.size < first.size;
  const [rows, columns] = isTurned ? [second, first] : [first, second];
  const placed: (MatrixCell | undefined)[] = Array.from({ length: rows.size * columns.size });
  for (const { one, other, cell } of places) {
    placed[isTurned ? other * columns.size + one : one * columns.size + other] = cell;
  }
  const names = { rows: [...rows.keys()], columns: [...columns.keys()] };
  return { rows: rows.size, columns: columns.size, cells: placed, names };
}

function placeIn(values: Map<string, number>, value: string): number {
  const known = values.get(value);
  if (known !== undefined) return known;
  values.set(value, values.size);
  return values.size - 1;
}

/** The next cell in the direction of a key; empty places are gone over. */
export function placeBeside({ cells, columns }: MatrixLayout, place: number, key: string): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  for (let at = place + step; at >= 0 && at < cells.length; at += step) if (cells[at] !== undefined) return at;
  return undefined;
}
