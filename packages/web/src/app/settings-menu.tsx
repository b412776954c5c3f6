import { Menu } from "@base-ui/react/menu";
import { LogOutItem } from "../features/login/log-out-item.tsx";
import { useLiveState } from "../live/use-live.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { setTheme, setZone, type Theme, usePreferences, type ZoneChoice, zoneName } from "./preferences.ts";

const THEMES: readonly { readonly theme: Theme; readonly text: string; readonly icon: IconName }[] = [
  { theme: "system", text: "As the system", icon: "system" },
  { theme: "light", text: "Light", icon: "sun" },
  { theme: "dark", text: "Dark", icon: "moon" },
];

const ZONES: readonly ZoneChoice[] = ["local", "utc"];

const ITEM =
  "flex h-8 cursor-default items-center gap-2 rounded-sm px-2 outline-none select-none data-highlighted:bg-sunken";
const HEADING = "px-2 pt-1.5 pb-1 text-2xs text-ink-3";

/** Theme, time zone, and whether the page is live. */
export function SettingsMenu() {
  const { theme, zone } = usePreferences();
  const live = useLiveState();
  return (
    <Menu.Root>
      <Menu.Trigger className="flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink max-lg:justify-center max-sm:h-11 max-sm:w-16">
        <Icon name={theme === "dark" ? "moon" : theme === "light" ? "sun" : "system"} />
        <span className="max-lg:sr-only">Settings</span>
        <LiveDot isLive={live === "live"} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-40">
          <Menu.Popup className="min-w-52 rounded-lg border border-line bg-raised p-1 shadow-lg outline-none">
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
            <Menu.RadioGroup value={zone} onValueChange={(value: ZoneChoice) => setZone(value)}>
              <div className={`${HEADING} mt-1 border-t border-line`}>Times</div>
              {ZONES.map((value) => (
                <Menu.RadioItem key={value} value={value} className={ITEM}>
                  <Icon name="clock" size={14} className="text-ink-3" />
                  {zoneName(value)}
                  <Menu.RadioItemIndicator className="ml-auto text-accent">
                    <Icon name="check" size={14} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
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

function LiveDot({ isLive }: { readonly isLive: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={`size-1.5 rounded-full max-lg:hidden ${isLive ? "bg-success" : "bg-blocked"}`}
    />
  );
}
