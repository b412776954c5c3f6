import { describeSchedule, ticksOf } from "@millrace/core/time";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { tableText } from "../../output/table-text.ts";
import { windowText } from "../../output/time-text.ts";
import { type AskedSchedule, askedSchedules, readFrom, readTickCount } from "../../schedule-view/asked-schedules.ts";
import { firstTicks, type TickRange, tickText, zonedText } from "../../schedule-view/ticks-text.ts";

/** `millrace schedule explain`. */
export async function explain(call: CommandCall): Promise<ExitCode> {
  const range = { fromMs: readFrom(call), count: readTickCount(call), inclusive: true };
  for (const [index, asked] of (await askedSchedules(call)).entries()) {
    if (index > 0) call.console.print([""]);
    explainOne(call, asked, range);
  }
  return EXIT.success;
}

function explainOne({ console }: CommandCall, { flow, spec }: AskedSchedule, range: TickRange): void {
  const words = describeSchedule(spec);
  const ticks = ticksOf(spec);
  const found = (ticks === undefined ? [] : firstTicks(ticks, range)).map((tick) => {
    return { tick, window: ticks?.windowOf(tick) ?? { startMs: tick, endMs: tick } };
  });
  console.record({
    type: "schedule.explained",
    flow,
    schedule: flow === null ? null : spec.name,
    words,
    timeZone: spec.timeZone,
    ticks: found.map(({ tick, window }) => ({
      at: tickText(tick),
      window: { start: tickText(window.startMs), end: tickText(window.endMs) },
    })),
  });
  console.print(flow === null ? words : `${console.style.bold(spec.name)}  ${words}`);
  if (console.quiet) return;
  if (found.length === 0) {
    const none = ticks === undefined ? "The calendar does not tell its ticks." : "It has no tick any more.";
    console.print(console.style.dim(none));
    return;
  }
  const zones = [...new Set([spec.timeZone, Intl.DateTimeFormat().resolvedOptions().timeZone, "UTC"])];
  const columns = [...zones.map((zone) => ({ title: zone })), { title: "WINDOW" }];
  const rows = found.map(({ tick, window }) => [...zones.map((zone) => zonedText(tick, zone)), windowText(window)]);
  console.print(["", ...tableText(columns, rows, console.style.dim)]);
}
