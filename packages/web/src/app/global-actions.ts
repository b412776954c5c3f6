import type { Action } from "../actions/registry.ts";
import { setDensity, setTheme, setZone } from "./preferences.ts";

type ManagePlace = "/manage/pools" | "/manage/vault" | "/manage/people" | "/manage/audit" | "/manage/alerts";
type PlainPlace = "/" | "/flows" | "/runs" | "/backfills" | "/schedules" | "/approvals" | "/settings";

interface Ways {
  readonly go: (to: PlainPlace | ManagePlace) => void;
  readonly showKeys: () => void;
}

/** What can be done on every page. */
export function globalActions({ go, showKeys }: Ways): readonly Action[] {
  return [
    { id: "go.home", title: "Go to the overview", icon: "home", keys: "g h", run: () => go("/") },
    { id: "go.flows", title: "Go to flows", icon: "flows", keys: "g f", run: () => go("/flows") },
    { id: "go.runs", title: "Go to runs", icon: "runs", keys: "g r", run: () => go("/runs") },
    { id: "go.approvals", title: "Go to approvals", icon: "person", keys: "g a", run: () => go("/approvals") },
    { id: "go.backfills", title: "Go to backfills", icon: "grid", keys: "g b", run: () => go("/backfills") },
    { id: "go.schedules", title: "Go to schedules", icon: "calendar", keys: "g s", run: () => go("/schedules") },
    { id: "go.pools", title: "Go to pools and workers", icon: "grid", keys: "g p", run: () => go("/manage/pools") },
    { id: "go.vault", title: "Go to secrets and variables", icon: "key", run: () => go("/manage/vault") },
    { id: "go.people", title: "Go to people and tokens", icon: "person", run: () => go("/manage/people") },
    { id: "go.audit", title: "Go to the audit", icon: "list", run: () => go("/manage/audit") },
    { id: "go.alerts", title: "Go to alerts", icon: "bell", run: () => go("/manage/alerts") },
    { id: "go.settings", title: "Go to settings", icon: "system", keys: "g ,", run: () => go("/settings") },
    { id: "help.keys", title: "Show what the keys do here", icon: "list", keys: "?", run: showKeys },
    { id: "theme.light", title: "Use the light theme", icon: "sun", run: () => setTheme("light") },
    { id: "theme.dark", title: "Use the dark theme", icon: "moon", run: () => setTheme("dark") },
    { id: "theme.system", title: "Use the theme of the system", icon: "system", run: () => setTheme("system") },
    { id: "zone.local", title: "Show times in my time zone", icon: "clock", run: () => setZone("local") },
    { id: "zone.utc", title: "Show times in UTC", icon: "clock", run: () => setZone("utc") },
    { id: "zone.flow", title: "Show times in each flow's own zone", icon: "clock", run: () => setZone("flow") },
    { id: "rows.compact", title: "Use compact rows", icon: "list", run: () => setDensity("compact") },
    { id: "rows.comfortable", title: "Use comfortable rows", icon: "list", run: () => setDensity("comfortable") },
  ];
}
