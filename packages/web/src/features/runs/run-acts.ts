import type { RouteOutput } from "@millrace/contract";
import { server } from "../../api/server.ts";
import type { RerunBody, Run } from "../../api/shapes.ts";
import type { Code } from "../run/code-of-rerun.ts";

/** So many requests are under way at once. */
const AT_ONCE = 4;

export type BulkAct = "cancel" | "rerun";

/** What would become of one of the runs that are chosen. */
export interface BulkItem {
  readonly run: Run;
  /** Of a rerun. */
  readonly plan: RouteOutput<"planRerun"> | undefined;
  /** Why it is left alone. */
  readonly refused: string | undefined;
}

/** What became of one. */
export interface BulkResult {
  readonly run: Run;
  /** The run that it made. */
  readonly made: string | undefined;
  readonly refused: string | undefined;
}

/** Asks the server what each would come to, as it would refuse it. */
export async function planBulk(act: BulkAct, runs: readonly Run[], code: Code): Promise<readonly BulkItem[]> {
  return await eachOf(runs, async (run): Promise<BulkItem> => {
    if (act === "cancel") return { run, plan: undefined, refused: cancelRefusal(run) };
    if (!run.settled) return { run, plan: undefined, refused: "it is not over yet" };
    try {
      const plan = await server.runs.planRerun(run.id, bodyOf(code));
      return { run, plan, refused: plan.counts.run === 0 ? "nothing failed" : undefined };
    } catch (error) {
      return { run, plan: undefined, refused: messageOf(error) };
    }
  });
}

/** Does it, one after the other of those that are not refused. */
export async function doBulk(act: BulkAct, items: readonly BulkItem[], code: Code): Promise<readonly BulkResult[]> {
  return await eachOf(items, async ({ run, refused }): Promise<BulkResult> => {
    if (refused !== undefined) return { run, made: undefined, refused };
    try {
      if (act === "rerun") return { run, made: await server.runs.rerun(run.id, bodyOf(code)), refused: undefined };
      await server.runs.cancel(run.id);
      return { run, made: undefined, refused: undefined };
    } catch (error) {
      return { run, made: undefined, refused: messageOf(error) };
    }
  });
}

function bodyOf(code: Code): RerunBody {
  return code === "today" ? { what: "failed", version: null } : { what: "failed" };
}

function cancelRefusal({ endedAt, cancelRequested, state }: Run): string | undefined {
  if (endedAt !== null) return `it has ended: ${state}`;
  return cancelRequested ? "it is being cancelled" : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}
