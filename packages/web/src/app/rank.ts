interface Named {
  readonly title: string;
}

/** Those whose title holds the letters of what was typed, in order; the closest first, and equals as they were. */
export function rank<Each extends Named>(typed: string, all: readonly Each[]): readonly Each[] {
  const query = typed.trim().toLowerCase();
  if (query === "") return all;
  return all
    .map((each) => ({ each, score: scoreOf(query, each.title.toLowerCase()) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ each }) => each);
}

/** 0: not at all. Whole and early goes before scattered and late. */
function scoreOf(query: string, title: string): number {
  const place = title.indexOf(query);
  if (place === 0) return 4;
  if (place > 0) return /\W/.test(title[place - 1] ?? "") ? 3 : 2;
  let at = -1;
  for (const letter of query) {
    if (letter === " ") continue;
    at = title.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}
