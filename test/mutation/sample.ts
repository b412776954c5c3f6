/** Some of a list, the same for the same seed, in the order of the list. */
export function sampleOf<Item>(all: readonly Item[], count: number, seed: number): Item[] {
  const ranked = all.map((item, index) => ({ item, index, rank: rankOf(seed, index) }));
  const chosen = ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, count);
  return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

/** A number that looks drawn and depends on nothing but these: the finalizer of SplitMix32. */
function rankOf(seed: number, index: number): number {
  let mixed = (Math.imul(seed, 0x9e37_79b9) + index + 1) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
