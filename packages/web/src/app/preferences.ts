import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
/** In whose time instants are shown: the viewer's own zone, UTC, or the zone of the flow that they are about. */
export type ZoneChoice = "local" | "utc" | "flow";
/** How close the rows of tables and lists stand. */
export type Density = "comfortable" | "compact";

interface Preferences {
  readonly theme: Theme;
  readonly zone: ZoneChoice;
  readonly density: Density;
}

const THEME = "millrace.theme";
const ZONE = "millrace.zone";
const DENSITY = "millrace.density";

let current: Preferences = {
  theme: read(THEME, ["system", "light", "dark"]),
  zone: read(ZONE, ["local", "utc", "flow"]),
  density: read(DENSITY, ["comfortable", "compact"]),
};
const listeners = new Set<() => void>();

/** What is kept in this browser; the first choice where nothing is. */
function read<Choice extends string>(key: string, choices: readonly [Choice, ...Choice[]]): Choice {
  try {
    const kept = localStorage.getItem(key);
    return choices.find((choice) => choice === kept) ?? choices[0];
  } catch {
    return choices[0];
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It holds until the page is closed.
  }
}

function change(next: Preferences): void {
  current = next;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  keep(THEME, theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  change({ ...current, theme });
}

export function setZone(zone: ZoneChoice): void {
  keep(ZONE, zone);
  change({ ...current, zone });
}

export function setDensity(density: Density): void {
  keep(DENSITY, density);
  if (density === "comfortable") delete document.documentElement.dataset["density"];
  else document.documentElement.dataset["density"] = density;
  change({ ...current, density });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

/** Asked for once: it takes a tenth of a millisecond, and every time that is shown wants to know. */
let localZone: string | undefined;

/** The name of the zone that is shown, of a flow whose own is given. What has none is shown in the viewer's. */
export function zoneName(zone: ZoneChoice, flowZone?: string): string {
  if (zone === "utc") return "UTC";
  if (zone === "flow" && flowZone !== undefined) return flowZone;
  localZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return localZone;
}
