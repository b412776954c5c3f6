import { removeExchangeFolders } from "./exchange-folders.ts";
import { killTree } from "./kill-tree.ts";
import { ofDeadExecutors } from "./mark.ts";

/**
 * Kills what executors of this project left behind when their own process died: what a new leader does on its host
 * before it retries anything. Folders of their attempts go
 * too. Executors that live are not touched. Gives the number of processes that were killed.
 */
export async function sweepDeadExecutors(projectDir: string): Promise<number> {
  const filter = ofDeadExecutors(projectDir);
  const killed = await killTree({ filter });
  await removeExchangeFolders(filter);
  return killed;
}
