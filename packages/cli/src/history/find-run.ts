import { MillraceError, type RunRow } from "@millrace/core";
import type { Runtime } from "@millrace/server";

const NEWEST = "latest";

/**
 * A run by its id, the beginning of it, or `latest`.
 *
 * @throws `UNKNOWN_RUN`.
 */
export async function findRun(runtime: Runtime, name: string): Promise<RunRow> {
  const { history } = runtime.store;
  const run = name === NEWEST ? (await history.listRuns({ limit: 1 }))[0] : await history.findRun(name.toUpperCase());
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
