import { removeExchangeFolders } from "./exchange-folders.ts";
import { killTree, type TreeQuery } from "./kill-tree.ts";

/** Kills what is left of a tree, and removes the folders of its attempts. Gives the number of processes that were killed. */
export async function clearAway(query: TreeQuery): Promise<number> {
  const killed = await killTree(query);
  await removeExchangeFolders(query.filter);
  return killed;
}
