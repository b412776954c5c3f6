import { useSyncExternalStore } from "react";
import { useZones, type Zones } from "../app/flow-zone.tsx";
import { agoText, durationText, instantText, timesText, zoneShort } from "./time-text.ts";

/** One timer for all that shows how long something takes, and none where nothing does. */
const clock = {
  nowMs: Date.now(),
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
};

function subscribe(listener: () => void): () => void {
  clock.listeners.add(listener);
  clock.timer ??= setInterval(() => {
    clock.nowMs = Date.now();
    for (const each of clock.listeners) each();
  }, 1_000);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

/** Now, to the second; while it is not on, as it was when anything else changed. */
export function useNow(isOn = true): number {
  return useSyncExternalStore(isOn ? subscribe : unheard, () => clock.nowMs);
}

function unheard(): () => void {
  return () => undefined;
}

/** The minute that ends next: for what need not be drawn each second. What has happened is never after it. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.ceil(Date.now() / 60_000) * 60_000);
}

/** An instant in the zone that the viewer has chosen; on all clocks that matter on hover. */
export function Instant({ at, relative = false }: { readonly at: string | null; readonly relative?: boolean }) {
  const zones = useZones();
  if (at === null) return <span className="text-ink-3">–</span>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={timesText(ms, zones)} className="whitespace-nowrap">
      {relative ? <Ago ms={ms} /> : <Clock ms={ms} zones={zones} />}
    </time>
  );
}

/** On a clock that is neither the viewer's nor UTC because they chose so: then it says whose it is. */
function Clock({ ms, zones: { shown, local } }: { readonly ms: number; readonly zones: Zones }) {
  const text = instantText(ms, shown);
  if (shown === local || shown === "UTC") return text;
  return (
    <>
      {text} <span className="text-2xs text-ink-3">{zoneShort(ms, shown)}</span>
    </>
  );
}

function Ago({ ms }: { readonly ms: number }) {
  const now = useNow();
  return agoText(ms, Math.max(now, Date.now()));
}

/** How long something took, or takes until now. */
export function Duration({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  if (from === null) return <span className="text-ink-3">–</span>;
  if (to !== null) return <span className="whitespace-nowrap">{durationText(Date.parse(to) - Date.parse(from))}</span>;
  return <Since ms={Date.parse(from)} />;
}

function Since({ ms }: { readonly ms: number }) {
  const now = useNow();
  // Whole seconds: tenths that stand still for a second look wrong.
  const passed = Math.max(0, Math.floor((now - ms) / 1_000) * 1_000);
  return <span className="whitespace-nowrap">{passed < 10_000 ? `${passed / 1_000} s` : durationText(passed)}</span>;
}
