import { Menu } from "@base-ui/react/menu";
import { Link } from "@tanstack/react-router";
import { useWaitingCount } from "../features/approvals/use-waiting.ts";
import { LogOutItem } from "../features/login/log-out-item.tsx";
import { useLiveState } from "../live/use-live.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { PLACES } from "./places.ts";
import { setTheme, setZone, type Theme, usePreferences, type ZoneChoice, zoneName } from "./preferences.ts";

const THEMES: readonly { readonly theme: Theme; readonly text: string; readonly icon: IconName }[] = [
  { theme: "system", text: "As the system", icon: "system" },
  { theme: "light", text: "Light", icon: "sun" },
  { theme: "dark", text: "Dark", icon: "moon" },
];

/** Where the viewer's own zone is UTC both are one. */
const ZONES: readonly ZoneChoice[] = zoneName("local") === "UTC" ? ["utc", "flow"] : ["local", "utc", "flow"];

function zoneText(zone: ZoneChoice): string {
  return zone === "flow" ? "Each flow's own" : zoneName(zone);
}

const ITEM =
  "flex h-8 cursor-default items-center gap-2 rounded-sm px-2 outline-none select-none data-highlighted:bg-sunken";
const HEADING = "px-2 pt-1.5 pb-1 text-2xs text-ink-3";

/** Theme, time zone, and whether the page is live. */
export function SettingsMenu() {
  const { theme, zone } = usePreferences();
  const live = useLiveState();
  return (
    <Menu.Root>
      <Menu.Trigger className="relative flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink max-lg:justify-center max-sm:h-12 max-sm:flex-col max-sm:gap-0.5 max-sm:px-1 max-sm:text-2xs">
        <Icon name="menu" className="sm:hidden" />
        <span className="sm:hidden">More</span>
        <Icon name={theme === "dark" ? "moon" : theme === "light" ? "sun" : "system"} className="max-sm:hidden" />
        <span className="max-lg:sr-only max-sm:hidden">Settings</span>
        <LiveDot isLive={live === "live"} />
        <span
          className="ml-auto max-w-20 truncate text-2xs text-ink-3 max-lg:hidden"
          title={zone === "flow" ? "Times are shown in each flow's own zone" : `Times are shown in ${zoneName(zone)}`}
        >
          {zone === "flow" ? "Flow's zone" : zoneName(zone).split("/").at(-1)?.replaceAll("_", " ")}
        </span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-40">
          <Menu.Popup className="min-w-52 rounded-lg border border-line bg-raised p-1 shadow-lg outline-none">
            <MorePlaces />
            <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => setTheme(value)}>
              <div className={HEADING}>Theme</div>
              {THEMES.map(({ theme: value, text, icon }) => (
                <Menu.RadioItem key={value} value={value} className={ITEM}>
                  <Icon name={icon} size={14} className="text-ink-3" />
                  {text}
                  <Menu.RadioItemIndicator className="ml-auto text-accent">
                    <Icon name="check" size={14} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.RadioGroup
              value={ZONES.includes(zone) ? zone : "utc"}
              onValueChange={(value: ZoneChoice) => setZone(value)}
            >
              <div className={`${HEADING} mt-1 border-t border-line`}>Times</div>
              {ZONES.map((value) => (
                <Menu.RadioItem key={value} value={value} className={ITEM}>
                  <Icon name="clock" size={14} className="text-ink-3" />
                  {zoneText(value)}
                  <Menu.RadioItemIndicator className="ml-auto text-accent">
                    <Icon name="check" size={14} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Item render={<Link to="/settings" />} className={`${ITEM} mt-1 border-t border-line max-sm:h-11`}>
              <Icon name="manage" size={14} className="text-ink-3" />
              All settings
            </Menu.Item>
            <LogOutItem className={ITEM} />
            <div className="mt-1 flex items-center gap-2 border-t border-line px-2 pt-2 pb-1 text-ink-2">
              <LiveDot isLive={live === "live"} />
              {live === "live" ? "Live" : live === "lost" ? "Not connected" : "Connecting"}
              <Menu.LinkItem
                href="/api/docs"
                className="ml-auto rounded-sm px-1 text-accent outline-none hover:underline data-highlighted:bg-sunken"
              >
                API
              </Menu.LinkItem>
            </div>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** On a phone: the places that its bar has no room for. */
function MorePlaces() {
  const waiting = useWaitingCount();
  return (
    <div className="mb-1 border-b border-line pb-1 sm:hidden">
      {PLACES.filter(({ isMore }) => isMore).map(({ to, text, icon }) => (
        <Menu.Item key={to} render={<Link to={to} />} className={`${ITEM} max-sm:h-11`}>
          <Icon name={icon} className="text-ink-3" />
          {text}
          {to === "/approvals" && waiting !== undefined ? (
            <span className="ml-auto rounded-full bg-waiting-soft px-1.5 text-2xs font-medium text-waiting">
              {waiting}
            </span>
          ) : null}
        </Menu.Item>
      ))}
    </div>
  );
}

function LiveDot({ isLive }: { readonly isLive: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={`size-1.5 rounded-full max-lg:hidden ${isLive ? "bg-success" : "bg-blocked"}`}
    />
  );
}
