import { Link } from "@tanstack/react-router";
import type { FlowRuns, Run } from "../../api/shapes.ts";
import { useZones } from "../../app/flow-zone.tsx";
import { LOOKS, TONE_FILL } from "../../ui/states.ts";
import { durationText, instantText, timesText } from "../../ui/time-text.ts";

const HEIGHT = 20;

/** The last runs of a flow, the newest on the right: the colour is the state, the height is how long it took. */
export function RunStrip({ runs }: { readonly runs: FlowRuns["runs"] }) {
  const shown = runs.toReversed();
  const zones = useZones();
  const longest = Math.max(1, ...shown.map(tookMs));
  return (
    <span
      className="flex items-end gap-[3px] overflow-hidden max-sm:w-24 max-sm:justify-end"
      style={{ height: HEIGHT }}
    >
      {shown.map((run) => {
        const { tone, text } = LOOKS[run.state];
        const share = Math.max(0.22, tookMs(run) / longest);
        // Failed ones are whole bars, so that they are seen where colours are not.
        const height = tone === "failed" ? HEIGHT : Math.round(share * HEIGHT);
        const ms = Date.parse(run.createdAt);
        return (
          <Link
            key={run.id}
            to="/runs/$run"
            params={{ run: run.id }}
            preload={false}
            title={`${text}, ${durationText(tookMs(run))}\n${timesText(ms, zones)}`}
            aria-label={`${text}, ${instantText(ms, zones.shown)}`}
            className={`w-1.5 rounded-[2px] hover:brightness-75 ${TONE_FILL[tone]} ${tone === "running" ? "animate-pulse" : ""}`}
            style={{ height }}
          />
        );
      })}
    </span>
  );
}

/** How long a run took, or takes until now. */
export function tookMs({ startedAt, endedAt }: Pick<Run, "startedAt" | "endedAt">): number {
  if (startedAt === null) return 0;
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}
