import { replaceEqualDeep } from "@tanstack/react-query";

interface Row {
  readonly id: string;
}

interface Rows {
  readonly items: readonly Row[];
}

/**
 * What is the same in two answers stays the same object, so that it is not drawn again. Rows are told apart by their ids
 * where they have some: in a list that has a new first one each row stands somewhere else.
 */
export function keepRows(old: unknown, next: unknown): unknown {
  if (!isRows(old) || !isRows(next)) return replaceEqualDeep(old, next);
  const known = new Map(old.items.map((row) => [row.id, row]));
  const items = next.items.map((row) => replaceEqualDeep(known.get(row.id), row));
  const isSame = items.length === old.items.length && items.every((row, place) => row === old.items[place]);
  return { ...next, items: isSame ? old.items : items };
}

function isRows(answer: unknown): answer is Rows {
  if (typeof answer !== "object" || answer === null || !("items" in answer) || !Array.isArray(answer.items))
    return false;
  return answer.items.every((row: Partial<Row> | null) => typeof row?.id === "string");
}
