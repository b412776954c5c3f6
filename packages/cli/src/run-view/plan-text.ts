import type { RunRow } from "@millrace/core";
import type { RepeatPlan } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";

/** More tasks of a kind are counted, and not named. */
const NAMED = 12;

type Does = RepeatPlan["tasks"][number]["does"];

const WORDS: readonly (readonly [Does, string])[] = [
  ["mark", "marked"],
  ["run", "run"],
  ["reuse", "kept"],
  ["leave_out", "left out"],
];

/** Shows what a rerun or a mark would do, and does not do it. */
export function showPlan({ console }: CommandCall, run: RunRow, plan: RepeatPlan): ExitCode {
  console.record({ type: "rerun.plan", run: run.id, ...plan });
  console.print(planText(run, plan, console.style));
  return EXIT.success;
}

function planText(run: RunRow, { version, counts, tasks }: RepeatPlan, style: Style): string[] {
  const lines = WORDS.flatMap(([does, word]) => {
    const names = tasks.filter((task) => task.does === does).map(nameText);
    const more = counts[does] - Math.min(NAMED, names.length);
    const rest = more > 0 ? [`${more} more`] : [];
    const named = [...names.slice(0, NAMED), ...rest].join(", ");
    return counts[does] === 0 ? [] : [`  ${style.bold(String(counts[does]))} ${word}  ${style.dim(named)}`];
  });
  const lacking = tasks.filter(({ lacks }) => lacks.length > 0);
  return [
    `${style.bold(run.flow)} ${run.id}, again: ${countText(counts.run, "task")} to run`,
    ...lines,
    ...versionLines(version, style),
    ...lacking.slice(0, NAMED).map(({ task, lacks }) => `  ${task} is given nothing for ${lacks.join(", ")}`),
    style.dim("  nothing was started; what is to run does so if its trigger rule says so"),
  ];
}

function nameText({ task, items }: RepeatPlan["tasks"][number]): string {
  if (items === null) return task;
  const marked = items.mark === 0 ? "" : `, ${items.mark} marked`;
  return `${task} (${items.run} of ${items.run + items.keep} items${marked})`;
}

function versionLines(
  { id, isSame, codeChanged, added, removed, changed }: RepeatPlan["version"],
  style: Style,
): string[] {
  if (isSame) return ["  with the code that it had"];
  const lists = [
    ["new", added],
    ["gone", removed],
    ["changed", changed],
  ] as const;
  const differs = codeChanged ? "the flow's code is another" : "the flow's code is the same";
  return [
    `  with version ${id.slice(0, 12)}: ${differs}`,
    ...lists.flatMap(([word, names]) => (names.length === 0 ? [] : [style.dim(`    ${word}: ${names.join(", ")}`)])),
  ];
}
