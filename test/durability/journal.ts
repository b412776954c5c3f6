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
    const { what, run, id, item, hook, server, pid } = JSON.parse(text) as WrittenLine;
    return { what, key: keyOf(run, id === null ? FLOW_LABEL : taskRunLabel(id, item), hook), server, pid };
  });
}

/** As the fixture writes it. */
interface WrittenLine {
  readonly what: JournalLine["what"];
  readonly run: string;
  /** The node's, or null for hooks of the flow. */
  readonly id: string | null;
  readonly item: ItemPath;
  readonly hook: string;
  readonly server: number;
  readonly pid: number;
}
