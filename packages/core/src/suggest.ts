/**
 * The candidate that was most likely meant, or undefined when none is near: at most a third of the letters may differ
 * (one in short words), counted as insertions, deletions, replacements and swaps of neighbours. Case does not count.
 * Of equally near ones the first wins.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const meant = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(meant.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(meant, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * A hint for a name that does not exist: the near one, else the ones there are.
 *
 * @param what the kind of thing, in the plural: `flows`.
 */
export function didYouMean(word: string, candidates: readonly string[], what: string): string {
  const near = suggest(word, candidates);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (candidates.length === 0) return `There are no ${what}.`;
  const shown = candidates.slice(0, 8).join(", ");
  const more = candidates.length > 8 ? ` and ${candidates.length - 8} more` : "";
  return `The ${what} are: ${shown}${more}.`;
}

/** Optimal string alignment distance, two rows of the table and the one before them. */
function editDistance(from: string, to: string): number {
  // Lengths that are far apart cannot be near words; the table would cost their product.
  if (Math.abs(from.length - to.length) > from.length) return from.length + to.length;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = from[row - 1] === to[column - 1] ? 0 : 1;
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + replaced);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
