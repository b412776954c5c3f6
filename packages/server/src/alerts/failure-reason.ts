import { type FlowSpec, type RunRow, type Store, taskRunLabel } from "@millrace/core";

/** Of an error's message, so much is said, in characters. */
const LONGEST = 200;

/** Why a run failed, in a few words: its own error, or that of the first of its tasks that failed. */
export async function failureReason(
  { history }: Pick<Store, "history">,
  row: RunRow,
  spec: FlowSpec | undefined,
): Promise<string | null> {
  if (row.error !== null) return cut(row.error.message);
  const failed = await history.listTaskRuns(row.id, { states: ["failed"], limit: 20 });
  const first = failed
    .filter(({ hook, error }) => hook === "" && error !== null)
    .sort((one, other) => (one.endedAtMs ?? 0) - (other.endedAtMs ?? 0))[0];
  if (first?.error === undefined || first.error === null) return null;
  const task = spec?.nodes[first.node]?.id;
  const where = task === undefined ? "" : `${taskRunLabel(task, first.item)}: `;
  return cut(where + first.error.message);
}

function cut(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
