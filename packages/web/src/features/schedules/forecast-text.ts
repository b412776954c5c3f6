import type { RouteOutput } from "@millrace/contract";
import { durationText } from "../../ui/time-text.ts";

export type Forecast = RouteOutput<"forecastTrigger">;
export type ForecastTick = NonNullable<Forecast["ticks"]>[number];
type Note = ForecastTick["notes"][number];

/** What one would wonder about, in words. */
export function noteText(note: Note): string {
  switch (note.kind) {
    case "shown_twice":
      return note.which === "first"
        ? "The clock shows this time twice on that day: this is the first."
        : "The clock shows this time twice on that day: this is the second.";
    case "never_shown":
      return `The clock goes over ${note.meant} on that day: it ticks all the same, by the clock as it was until then.`;
    case "clock_set":
      return `The clock was set ${note.byMs > 0 ? "forward" : "back"} ${spanText(Math.abs(note.byMs))} since the tick before.`;
    case "left_out":
      return note.roll === "skip"
        ? "No tick: the calendar leaves this day out."
        : `No tick: the calendar leaves this day out, and it moves to the ${note.roll} day that counts.`;
  }
}

/** How long a window is, without units that are nothing: `1 d`, `23 h`. */
export function spanText(ms: number): string {
  return durationText(ms).replace(/ 0+ (?:h|min|s)$/, "");
}

/** What resuming would make up for: `12 missed ticks: resuming makes 1 run, of the newest`. */
export function missedText({ missed, catchup }: Forecast): string | null {
  if (missed === null) return null;
  if (missed.count === 0) return "No tick was missed so far.";
  const most = missed.count >= 1_000 ? "1,000 or more" : String(missed.count);
  const ticks = `${most} missed ${missed.count === 1 ? "tick" : "ticks"}`;
  if (missed.makes === 0) return `${ticks}. Resuming it now makes up for none of them (catchup: ${catchup}).`;
  if (missed.count === 1) return `${ticks}. Resuming it now makes a run of it.`;
  const all = missed.makes === missed.count;
  const runs = missed.makes === 1 ? "1 run" : `${missed.makes} runs`;
  const which = all ? "all of them" : catchup === "newest" ? "the newest only" : `what its catchup says: ${catchup}`;
  return `${ticks}. Resuming it now makes ${runs}, of ${which}.`;
}

/** `Resume and make 3 runs`: what pressing it does. */
export function resumeVerb(forecasts: readonly Pick<Forecast, "missed">[]): string {
  const runs = forecasts.reduce((sum, { missed }) => sum + (missed?.makes ?? 0), 0);
  if (runs === 0) return "Resume";
  return `Resume and make ${runs === 1 ? "1 run" : `${runs.toLocaleString("en-US")} runs`}`;
}
