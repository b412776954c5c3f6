import { diffDefinitions, type FlowChange, type ListChange, type ScheduleSpec } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import { declarationText, findDeclaration } from "./declarations.ts";
import type { FlowCode } from "./flow-code.ts";

type Texts = ReadonlyMap<string, string>;

/** A flow in a version, with the texts of its files. */
export interface Told {
  readonly code: FlowCode;
  readonly texts: Texts;
}

export interface FlowChanges {
  readonly files: readonly { readonly path: string; readonly change: "added" | "removed" | "changed" }[];
  readonly tasks: ListChange;
  readonly schedules: Omit<ListChange, "changed"> & {
    readonly changed: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  };
  readonly triggers: ListChange;
  readonly parts: readonly string[];
}

const NOTHING: ListChange = { added: [], removed: [], changed: [] };

/** What of a flow is another in a version than in an earlier one. */
export function flowChanges(before: Told, after: Told): FlowChanges {
  const change: FlowChange | undefined = diffDefinitions([before.code.flow], [after.code.flow]).changed[0];
  const tasks = change?.tasks ?? NOTHING;
  const known = new Set([...tasks.added, ...tasks.removed, ...tasks.changed]);
  const rewritten = after.code.flow.spec.nodes
    .map(({ id }) => id)
    .filter((id) => !known.has(id) && textOfTask(id, before.texts) !== textOfTask(id, after.texts));
  const { added, removed, changed } = change?.schedules ?? NOTHING;
  return {
    files: changedFiles(before.code, after.code),
    tasks: { ...tasks, changed: [...tasks.changed, ...rewritten] },
    schedules: {
      added,
      removed,
      changed: changed.map((name) => {
        return { name, from: scheduleText(before.code, name), to: scheduleText(after.code, name) };
      }),
    },
    triggers: change?.triggers ?? NOTHING,
    parts: (change?.parts ?? []).filter((part) => part !== "code"),
  };
}

function changedFiles(before: FlowCode, after: FlowCode): FlowChanges["files"] {
  const former = new Map(before.files.map(({ path, hash, bytes }) => [path, `${hash} ${bytes}`]));
  const now = new Set(after.files.map(({ path }) => path));
  const changed = after.files.flatMap(({ path, hash, bytes }) => {
    const old = former.get(path);
    if (old === `${hash} ${bytes}`) return [];
    return [{ path, change: old === undefined ? ("added" as const) : ("changed" as const) }];
  });
  const removed = before.files.flatMap(({ path }) => (now.has(path) ? [] : [{ path, change: "removed" as const }]));
  return [...changed, ...removed];
}

function textOfTask(id: string, texts: Texts): string | null {
  const found = findDeclaration(id, texts);
  return found === null ? null : declarationText(texts.get(found.file) ?? "", found.line);
}

function scheduleText({ flow }: FlowCode, name: string): string {
  const schedule: ScheduleSpec | undefined = flow.spec.schedules.find((each) => each.name === name);
  return schedule === undefined ? "" : describeSchedule(schedule);
}
