import type { SqlParameter, SqlStatement } from "./script.ts";

/** A statement as it is sent: `:name` replaced by what the database understands, the values beside it. */
export interface RenderedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Finds the place in the author's script for a place in `text`. */
  sourceOffset(offset: number): number;
}

/** What stands in place of a parameter. */
export interface Replacement {
  /** SQL, with `next()` for the notation of each value it takes. */
  readonly text: string;
  /** Replace the whole of `IN (:name)`, not the name alone. */
  readonly wholeList: boolean;
}

/**
 * Puts a statement together from the author's text and one replacement for each parameter. `replace` is handed `bind`,
 * which takes a value and gives the notation for it (`$1`, `?1`), so that no value ever becomes part of the text.
 */
export function renderStatement(
  statement: SqlStatement,
  mark: string,
  replace: (parameter: SqlParameter, bind: (value: unknown) => string) => Replacement,
): RenderedStatement {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `${mark}${values.push(value)}`;
  const seams: { readonly sent: number; readonly source: number }[] = [{ sent: 0, source: 0 }];
  let text = "";
  let done = 0;
  for (const parameter of statement.parameters) {
    const { text: replacement, wholeList } = replace(parameter, bind);
    const { start, end } = wholeList && parameter.list !== null ? parameter.list : parameter;
    text += statement.text.slice(done, start);
    seams.push({ sent: text.length, source: start });
    text += replacement;
    seams.push({ sent: text.length, source: end });
    done = end;
  }
  text += statement.text.slice(done);
  return {
    text,
    values,
    sourceOffset: (offset) => {
      const index = seams.findLastIndex((seam) => seam.sent <= offset);
      const seam = seams[index] ?? { sent: 0, source: 0 };
      const limit = seams[index + 1]?.source ?? statement.text.length;
      return statement.offset + Math.min(seam.source + (offset - seam.sent), limit);
    },
  };
}
