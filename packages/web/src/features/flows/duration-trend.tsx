import type { FlowRuns } from "../../api/shapes.ts";
import { durationText } from "../../ui/time-text.ts";
import { tookMs } from "./run-strip.tsx";

const WIDTH = 48;
const HEIGHT = 16;
/** Of fewer there is no trend. */
const FEWEST = 3;

/** How long the last runs that succeeded took, the newest on the right. */
export function DurationTrend({ runs }: { readonly runs: FlowRuns["runs"] }) {
  const took = runs
    .filter(({ state }) => state === "success")
    .map(tookMs)
    .toReversed();
  if (took.length < FEWEST) return null;
  const [least, most] = [Math.min(...took), Math.max(...took)];
  const points = took.map((ms, place) => {
    const x = 2 + (place * (WIDTH - 4)) / (took.length - 1);
    // From nothing, so that what hardly changes looks as if it hardly changed.
    const y = HEIGHT - 2 - (ms / Math.max(1, most)) * (HEIGHT - 4);
    return [x.toFixed(1), y.toFixed(1)] as const;
  });
  const [endX, endY] = points.at(-1) ?? ["0", "0"];
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" className="shrink-0 text-ink-3">
      <title>{`The last ${took.length} that succeeded took ${durationText(least)} to ${durationText(most)}`}</title>
      <polyline points={points.map((point) => point.join(",")).join(" ")} fill="none" stroke="currentColor" />
      <circle cx={endX} cy={endY} r="1.75" fill="currentColor" className="text-ink-2" />
    </svg>
  );
}
