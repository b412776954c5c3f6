import { clearAway } from "./clear-away.ts";
import { ofDeadExecutors } from "./mark.ts";

/**
 * Kills what executors of this project left behind when their own process died: what a new leader does on its host
 * before it retries anything. Folders of their attempts go too. Executors that live are not touched. Gives the number of
 * processes that were killed.
 */
export async function sweepDeadExecutors(projectDir: string): Promise<number> {
  return await clearAway({ filter: ofDeadExecutors(projectDir) });
}
