import type { FlowChanges } from "../../api/shapes.ts";

/** What changed between two versions of a flow, in a sentence: `2 tasks changed, 1 added; schedule from … to …`. */
export function changeWords(changes: FlowChanges): string {
  const { tasks, schedules, triggers, parts, files } = changes;
  const clauses = [
    counted("task", tasks),
    ...schedules.changed.map(({ name, from, to }) => {
      const what = name === "default" ? "schedule" : `schedule ${name}`;
      return from === to ? `${what} changed in its policies` : `${what} from “${from}” to “${to}”`;
    }),
    counted("schedule", { ...schedules, changed: [] }),
    counted("trigger", triggers),
    parts.length === 0 ? "" : `${listed(parts)} changed`,
  ].filter((clause) => clause !== "");
  if (clauses.length > 0) return capital(clauses.join("; "));
  if (files.length === 0) return changes.isKept ? "Nothing of this flow changed" : "Its definition did not change";
  return "Only code around its tasks changed";
}

function counted(
  noun: string,
  {
    added,
    removed,
    changed,
  }: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] },
): string {
  const named = [
    ["changed", changed.length],
    ["added", added.length],
    ["removed", removed.length],
  ] as const;
  const said = named.filter(([, count]) => count > 0);
  return said
    .map(([verb, count], place) => {
      if (place > 0) return `${count} ${verb}`;
      return `${count} ${noun}${count === 1 ? "" : "s"} ${verb}`;
    })
    .join(", ");
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
