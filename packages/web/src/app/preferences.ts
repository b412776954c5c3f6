import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
/** In whose time instants are shown: the viewer's own zone, or UTC. */
export type ZoneChoice = "local" | "utc";

interface Preferences {
  readonly theme: Theme;
  readonly zone: ZoneChoice;
}

const THEME = "millrace.theme";
const ZONE = "millrace.zone";

let current: Preferences = { theme: read(THEME, ["system", "light", "dark"]), zone: read(ZONE, ["local", "utc"]) };
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

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

/** Asked for once: it takes a tenth of a millisecond, and every time that is shown wants to know. */
let localZone: string | undefined;

/** The name of the zone that is shown. */
export function zoneName(zone: ZoneChoice): string {
  if (zone === "utc") return "UTC";
  localZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return localZone;
}
