import type { IconName } from "../ui/icon.tsx";

/** On a phone the first few and the search fit under the thumb; the others are in the menu at the end. */
export const PLACES = [
  { to: "/", text: "Overview", icon: "home", isMore: false },
  { to: "/flows", text: "Flows", icon: "flows", isMore: false },
  { to: "/runs", text: "Runs", icon: "runs", isMore: false },
  { to: "/approvals", text: "Approvals", icon: "person", isMore: true },
  { to: "/backfills", text: "Backfills", icon: "grid", isMore: true },
  { to: "/schedules", text: "Schedules", icon: "calendar", isMore: true },
  { to: "/manage", text: "Manage", icon: "manage", isMore: true },
] as const satisfies readonly { to: string; text: string; icon: IconName; isMore: boolean }[];
