import { didYouMean, MillraceError } from "@millrace/core";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { openBuild } from "../../following/open-build.ts";
import { withRuntime } from "../../following/open-runtime.ts";
import { type ListedSchedule, scheduleRecord, scheduleTable } from "../../schedule-view/schedule-table.ts";

/** `millrace schedule list [flow]`. */
export async function list(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const schedules = await readSchedules(call);
  const nowMs = Date.now();
  for (const each of schedules) console.record(scheduleRecord(each, nowMs));
  if (console.quiet) console.print(schedules.map(({ flow, spec }) => `${flow} ${spec.name}`));
  else if (schedules.length === 0) console.print("No schedules. Flows have them in their option `schedule`.");
  else console.print(scheduleTable(schedules, nowMs, console.style));
  return EXIT.success;
}

/** As the working folder has them, with what is kept of them. */
async function readSchedules(call: CommandCall): Promise<readonly ListedSchedule[]> {
  const [, only] = call.arguments;
  const { flows } = await openBuild(call);
  const names = flows.map(({ spec }) => spec.name);
  if (only !== undefined && !names.includes(only)) {
    const hint = didYouMean(only, names, "flows");
    throw new MillraceError("UNKNOWN_FLOW", `There is no flow "${only}".`, { hint });
  }
  const specs = flows
    .filter(({ spec }) => only === undefined || spec.name === only)
    .flatMap(({ spec: flow }) => flow.schedules.map((spec) => ({ flow: flow.name, spec })))
    .sort((a, b) => (a.flow < b.flow ? -1 : 1));
  if (specs.length === 0) return [];
  return await withRuntime(call, { versions: "stored", role: "reader" }, async ({ store }) => {
    const rows = await store.triggers.list();
    return await Promise.all(
      specs.map(async ({ flow, spec }) => {
        const [lastTick] = await store.triggers.listTicks({ flow, trigger: spec.name, limit: 1 });
        const row = rows.find((each) => each.flow === flow && each.name === spec.name && !each.retired);
        return { flow, spec, row, lastTick };
      }),
    );
  });
}
