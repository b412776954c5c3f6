import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { useActions } from "../actions/registry.ts";
import { useShortcuts } from "../actions/use-shortcuts.ts";
import { useWaitingCount } from "../features/approvals/use-waiting.ts";
import { LaunchHost } from "../features/launch/launch-host.tsx";
import { useWho } from "../features/login/who.ts";
import { PauseHost } from "../features/schedules/pause-host.tsx";
import { useLiveState } from "../live/use-live.tsx";

import { Icon } from "../ui/icon.tsx";
import { Said } from "../ui/said.tsx";
import { instantText } from "../ui/time-text.ts";

import { Wheel } from "../ui/wheel.tsx";
import { globalActions } from "./global-actions.ts";
import { MODIFIER } from "./modifier.ts";
import { PLACES } from "./places.ts";
import { usePreferences, zoneName } from "./preferences.ts";
import { whenIdle } from "./when-idle.ts";

// Menus are drawn by a library that the page itself does not wait for, nor shares the way to the server with.
const SettingsMenu = lazy(async () => {
  await whenIdle();
  // The page is whole without it, also while the server is away.
  for (let waitMs = 1_000; ; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
    try {
      return { default: (await import("./settings-menu.tsx")).SettingsMenu };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
});
/** Between two tries for it. */
const MOST_WAIT_MS = 60_000;
const ShortcutHelp = lazy(async () => ({ default: (await import("./shortcut-help.tsx")).ShortcutHelp }));
const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));

/** What stands around every page. */
export function Shell() {
  const [open, setOpen] = useState<"palette" | "keys">();
  const openPalette = useCallback(() => setOpen("palette"), []);
  const close = (): void => setOpen(undefined);
  const navigate = useNavigate();
  useShortcuts(openPalette);
  useActions(globalActions({ go: (to) => void navigate({ to }), showKeys: () => setOpen("keys") }), "everywhere");
  return (
    <div className="flex h-full max-sm:flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-raised focus:not-sr-only focus:fixed focus:top-2 focus:left-1/2 focus:-translate-x-1/2 focus:px-3 focus:py-1.5"
      >
        Skip to the page
      </a>
      <Sidebar onSearch={openPalette} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col max-sm:order-first">
        <Connection />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <LaunchHost />
      <PauseHost />
      <Said />
      <Suspense>
        {open === "palette" ? <Palette onClose={close} /> : null}
        {open === "keys" ? <ShortcutHelp onClose={close} /> : null}
      </Suspense>
    </div>
  );
}

function Sidebar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <nav
      aria-label="Main"
      className="flex w-48 shrink-0 flex-col gap-0.5 border-r border-line bg-surface p-2 max-lg:w-14 max-sm:w-full max-sm:flex-row max-sm:border-t max-sm:border-r-0 max-sm:p-1"
    >
      <Link to="/" className="mb-2 flex h-9 items-center gap-2 px-2 font-semibold max-sm:hidden" aria-label="Millrace">
        <Wheel />
        <span className="text-[0.9375rem] tracking-tight max-lg:hidden">Millrace</span>
      </Link>
      <button type="button" onClick={onSearch} className={`${placeClass(false)} max-sm:order-1`}>
        <Icon name="search" />
        <span className={LABEL}>Search</span>
        <span
          aria-hidden="true"
          className="ml-auto rounded-sm border border-line px-1 text-2xs text-ink-3 max-lg:hidden"
        >
          {MODIFIER} K
        </span>
      </button>
      {PLACES.map((place) => (
        <Place key={place.to} {...place} />
      ))}
      <div className="mt-auto max-sm:order-last max-sm:mt-0 max-sm:flex-1">
        <Suspense fallback={<div className="h-8 max-sm:h-12" />}>
          <SettingsMenu />
        </Suspense>
      </div>
    </nav>
  );
}

function Place({ to, text, icon, isMore }: (typeof PLACES)[number]) {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isHere = to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
  const look = isMore ? "relative max-sm:hidden" : "";
  return (
    <Link to={to} aria-current={isHere ? "page" : undefined} className={`${placeClass(isHere)} ${look}`} title={text}>
      <Icon name={icon} />
      <span className={LABEL}>{text}</span>
      {to === "/approvals" ? <WaitingCount /> : null}
    </Link>
  );
}

/** How many decisions wait. */
function WaitingCount() {
  const count = useWaitingCount();
  if (count === undefined) return null;
  return (
    <span
      data-count=""
      className="ml-auto rounded-full bg-waiting-soft px-1.5 text-2xs font-medium text-waiting max-lg:absolute max-lg:top-0 max-lg:right-1 max-lg:ml-0 max-lg:px-1"
    >
      {count}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

/** Beside the icon where there is room, below it on a phone, and for those who listen in between. */
const LABEL = "max-lg:sr-only max-sm:not-sr-only";

/** The look of an entry of the bar at the side. */
function placeClass(isHere: boolean): string {
  const look = isHere ? "bg-accent-soft font-medium text-accent" : "text-ink-2 hover:bg-sunken hover:text-ink";
  return `flex h-8 w-full items-center gap-2.5 rounded-md px-2 max-lg:justify-center max-sm:h-12 max-sm:flex-1 max-sm:flex-col max-sm:gap-0.5 max-sm:px-1 max-sm:text-2xs ${look}`;
}

/** Says that what is shown is old, for as long as it is. Where the session has ended the way in says so instead. */
function Connection() {
  const isLost = useLiveState() === "lost";
  const who = useWho().data;
  const isOut = who !== undefined && who.kind !== "in";
  return isLost && !isOut ? <Lost /> : null;
}

function Lost() {
  const { zone } = usePreferences();
  // It is drawn when the connection is lost: that is the age of all that is shown.
  const [sinceMs] = useState(() => Date.now());
  return (
    <div role="status" className="flex items-center gap-2 bg-blocked-soft px-4 py-1.5 text-ink max-sm:order-first">
      <Icon name="plug" className="text-blocked" />
      The server cannot be reached. What you see is of {instantText(sinceMs, zoneName(zone)).slice(11)}; the page goes
      on by itself when it is back.
    </div>
  );
}
