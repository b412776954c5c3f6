// The side file: what really ran.
import { existsSync, readFileSync } from "node:fs";
import { type ItemPath, taskRunLabel } from "@millrace/core";

export interface JournalLine {
  readonly what: "start" | "end";
  /** Run, task run and hook in one text. */
  readonly key: string;
  /** The process whose worker it was. */
  readonly server: number;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What hooks of a flow have in place of a task run's label. */
export const FLOW_LABEL = "(flow)";

/** Names a task run, or a hook of it, wherever it is spoken of. */
export function keyOf(run: string, label: string, hook: string): string {
  return [run, label, hook].filter((part) => part !== "").join(" ");
}

export function readJournal(file: string): JournalLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // Without its line end the last one is not whole: its writer was killed.
  return lines.slice(0, -1).map((text) => {
    const { run, id, item, hook, ...line } = JSON.parse(text) as WrittenLine;
    return { ...line, key: keyOf(run, id === null ? FLOW_LABEL : taskRunLabel(id, item), hook) };
  });
}

/** As the fixture writes it. */
interface WrittenLine extends Omit<JournalLine, "key"> {
  readonly run: string;
  /** The node's, or null for hooks of the flow. */
  readonly id: string | null;
  readonly item: ItemPath;
  readonly hook: string;
}
