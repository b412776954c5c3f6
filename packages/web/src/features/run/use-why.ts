import type { Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import type { Waiting } from "./wait-reasons.ts";

const NOTHING: readonly Waiting[] = [];

/** Why tasks of a run wait. The last answer is kept when the run is over, and is no longer true then. */
export function useWhy(run: Pick<Run, "id" | "settled" | "endedAt"> | undefined): readonly Waiting[] {
  const isOver = run === undefined || run.settled || run.endedAt !== null;
  const why = useApi("explainRun", { params: { run: run?.id ?? "" } }, { enabled: !isOver });
  return isOver ? NOTHING : (why.data?.items ?? NOTHING);
}
