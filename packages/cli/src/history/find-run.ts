import { MillraceError, type RunRow } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";

const NEWEST = "latest";
const PAGE_RUNS = 100;

/**
 * A run by its id, the beginning of it, or `latest`: the newest that somebody asked for. Runs that a task of another
 * run asked for are newer than what people have in mind.
 *
 * @throws `UNKNOWN_RUN`.
 */
export async function findRun(runtime: RunAccess, name: string): Promise<RunRow> {
  const { history } = runtime.store;
  const run = name === NEWEST ? await findNewest(runtime) : await history.findRun(name.toUpperCase());
  if (run !== undefined) return run;
  if (name === NEWEST) {
    throw new MillraceError("UNKNOWN_RUN", "This project has no runs yet.", {
      hint: "`millrace list` shows the flows, `millrace run <flow>` runs one.",
    });
  }
  throw new MillraceError("UNKNOWN_RUN", `There is no run "${name}".`, {
    hint: "`millrace runs` lists the runs; the beginning of an id is enough when only one begins so.",
  });
}

async function findNewest({ store: { history } }: RunAccess): Promise<RunRow | undefined> {
  for (let page = await history.listRuns({ limit: PAGE_RUNS }); ; ) {
    const found = page.find(({ trigger }) => trigger.kind !== "flow_run");
    const last = page.at(-1);
    if (found !== undefined || last === undefined) return found;
    page = await history.listRuns({ limit: PAGE_RUNS, before: last.id });
  }
}
