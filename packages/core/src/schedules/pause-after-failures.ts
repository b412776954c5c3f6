import type { FinalRunState } from "../states/run.ts";
import type { TriggerRow } from "../triggers/trigger-rows.ts";

/** Stands where otherwise the name of somebody stands who has paused a schedule. */
export const PAUSED_BY_ITSELF = "millrace";

/**
 * A schedule after a run of it has ended: its failures in a row are counted, and so many of them pause it. Undefined where
 * nothing changes. Runs that were cancelled say nothing.
 */
export function countRun(
  row: TriggerRow,
  state: FinalRunState,
  { pauseAfter, atMs }: { readonly pauseAfter: number; readonly atMs: number },
): TriggerRow | undefined {
  if (state === "cancelled" || (state === "success" && row.failures === 0)) return undefined;
  if (state === "success") return { ...row, failures: 0 };
  const failures = row.failures + 1;
  if (failures < pauseAfter || row.paused !== null) return { ...row, failures };
  const reason = failures === 1 ? "a run failed" : `${failures} runs in a row failed`;
  return { ...row, failures, paused: { atMs, by: PAUSED_BY_ITSELF, reason } };
}
