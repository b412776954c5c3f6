import type { Trigger } from "../../api/shapes.ts";
import { zoneName } from "../../app/preferences.ts";
import { useNow } from "../../ui/time.tsx";
import { agoText, instantText } from "../../ui/time-text.ts";
import { zoneOf } from "../backfills/backfill-ask.ts";

/** When a schedule ticks next, on every clock that somebody may think in. */
export function NextTick({ trigger: { nextTick, text } }: { readonly trigger: Trigger }) {
  const now = useNow();
  if (nextTick === null) return <p className="px-3 py-4 text-ink-2">No tick is known before it comes.</p>;
  const ms = Date.parse(nextTick);
  const clocks = [
    { name: "yours", zone: zoneName("local") },
    { name: "the schedule's", zone: zoneOf(text) },
    { name: "", zone: "UTC" },
  ];
  // Whose clock it is, said once for each zone.
  const zones = clocks.filter(({ zone }, place) => clocks.findIndex((each) => each.zone === zone) === place);
  return (
    <div className="px-3 py-3">
      <p className="text-base font-semibold">{agoText(ms, now)}</p>
      <dl className="mt-1 grid w-fit grid-cols-[auto_auto] gap-x-4 gap-y-0.5">
        {zones.map(({ zone }) => {
          const whose = clocks.flatMap((each) => (each.zone === zone && each.name !== "" ? [each.name] : []));
          return (
            <div key={zone} className="contents">
              <dt className="text-ink-2">
                {zone}
                {whose.length === 0 ? "" : ` (${whose.join(" and ")})`}
              </dt>
              <dd className="whitespace-nowrap">{instantText(ms, zone)}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
