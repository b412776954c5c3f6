import type { RouteOutput } from "@millrace/contract";
import type { Zones } from "../../app/flow-zone.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { instantText, timesText } from "../../ui/time-text.ts";

export type Backfill = RouteOutput<"getBackfill">;

/** A backfill's state: a run's look, and one of its own for the state that runs do not have. */
export function BackfillBadge({ state }: Pick<Backfill, "state">) {
  if (state !== "paused") return <StateBadge state={state} />;
  return (
    <span className="flex w-fit items-center gap-1.5 font-medium whitespace-nowrap text-blocked">
      <Icon name="pause" size={14} />
      Paused
    </span>
  );
}

/** How many of its runs have ended, however they did. */
export function endedOf({ succeeded, failed, cancelled }: Backfill): number {
  return succeeded + failed + cancelled;
}

/** What has become of its runs, in words; nothing is said of what there is none of. */
export function countsText(backfill: Backfill): string {
  const { runs, made, succeeded, failed, cancelled } = backfill;
  const parts = [
    [succeeded, "succeeded"],
    [failed, "failed"],
    [cancelled, "cancelled"],
    [made - endedOf(backfill), "under way"],
    [runs - made, "to come"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${numberText(count)} ${what}`);
  return said.length === 0 ? "no runs" : said.join(", ");
}

export function numberText(count: number): string {
  return count.toLocaleString("en-US");
}

export function runsText(count: number): string {
  return count === 1 ? "1 run" : `${numberText(count)} runs`;
}

/** Which data it covers, on the clock of a zone, to the minute; whole days as days, of which the last one belongs to it. */
export function windowText({ window: { start, end } }: Pick<Backfill, "window">, zone: string): string {
  if (start === end) return "–";
  const [from, to] = [minuteText(start, zone), minuteText(end, zone)];
  if (from.includes(" ") || to.includes(" ")) return `${from} … ${to}`;
  const last = instantText(Date.parse(end) - 1, zone).slice(0, 10);
  return from === last ? from : `${from} … ${last}`;
}

/** Where it begins and ends, each on the clocks that matter. */
export function windowTimes({ window: { start, end } }: Pick<Backfill, "window">, zones: Zones): string {
  return start === end ? "" : [start, end].map((at) => timesText(Date.parse(at), zones)).join("\n…\n");
}

function minuteText(instant: string, zone: string): string {
  return instantText(Date.parse(instant), zone).slice(0, -3).replace(" 00:00", "");
}
