import type { ReactNode } from "react";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { setDensity, setTheme, setZone, usePreferences, type ZoneChoice, zoneName } from "../../app/preferences.ts";
import { useLiveState } from "../../live/use-live.tsx";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { useNow } from "../../ui/time.tsx";
import { instantText } from "../../ui/time-text.ts";
import { useLogOut, useWho } from "../login/who.ts";
import { Choices } from "./choices.tsx";

const THEMES = [
  { value: "system", text: "As the system", note: "Follows what this computer is set to." },
  { value: "light", text: "Light", note: null },
  { value: "dark", text: "Dark", note: null },
] as const;

const DENSITIES = [
  { value: "comfortable", text: "Comfortable", note: "Rows with air between them." },
  { value: "compact", text: "Compact", note: "Half as many again on a screen. A phone keeps room for the thumb." },
] as const;

/** How this browser shows the pages, and what the server is that they come from. */
export function SettingsPage() {
  const { theme, zone, density } = usePreferences();
  return (
    <Page title="Settings">
      <div className="flex max-w-3xl flex-col gap-4">
        <Panel title="Theme">
          <Choices name="theme" label="Theme" choices={THEMES} chosen={theme} onChoose={setTheme} />
        </Panel>
        <Panel title="Density">
          <Choices name="density" label="Density" choices={DENSITIES} chosen={density} onChoose={setDensity} />
        </Panel>
        <Panel title="Times">
          <Zones zone={zone} />
        </Panel>
        <Account />
        <About />
        <p className="px-3 text-2xs text-ink-2">
          Theme, density and times are kept in this browser, and are yours alone.
        </p>
      </div>
    </Page>
  );
}

function Zones({ zone }: { readonly zone: ZoneChoice }) {
  const now = useNow();
  const local = zoneName("local");
  const choices = [
    { value: "local", text: `Your own zone: ${local}`, note: `Now ${instantText(now, local)}` },
    { value: "utc", text: "UTC", note: `Now ${instantText(now, "UTC")}` },
    { value: "flow", text: "Each flow's own zone", note: "Yours where a flow has none." },
  ] as const;
  // Where the viewer's own zone is UTC both are one.
  const isOne = local === "UTC";
  return (
    <>
      <Choices
        name="zone"
        label="Times"
        choices={isOne ? choices.slice(1) : choices}
        chosen={isOne && zone === "local" ? "utc" : zone}
        onChoose={setZone}
      />
      <p className="px-3 pb-2 text-2xs text-ink-2">
        Whatever is shown: a time that you point at is told in your zone, in the flow's and in UTC.
      </p>
    </>
  );
}

/** Nothing where nobody is asked who they are. */
function Account() {
  const who = useWho().data;
  const logOut = useLogOut();
  if (who?.kind !== "in" || who.name === null) return null;
  return (
    <Panel title="Account">
      <div className="flex items-center justify-between gap-3 px-3 py-2.5">
        <span className="min-w-0 break-words">You are logged in as {who.name}.</span>
        <Button onClick={() => void logOut()}>Log out</Button>
      </div>
    </Panel>
  );
}

const LIVE = { live: "Live", lost: "Not connected", connecting: "Connecting" } as const;

function About() {
  const live = useLiveState();
  const project = useApi("getProject").data;
  const servers = useApi("listServers").data?.items;
  const leader = servers?.find(({ role }) => role === "leading");
  return (
    <Panel title="About">
      <dl className="grid grid-cols-[9rem_1fr] gap-x-4 gap-y-1.5 px-3 py-2.5 max-sm:grid-cols-[7rem_1fr]">
        <Row name="Millrace">{project?.millrace ?? "–"}</Row>
        <Row name="Server">{location.origin}</Row>
        <Row name="Connection">{LIVE[live]}</Row>
        <Row name="Leader">
          {leader === undefined ? "–" : `${leader.kind} on ${leader.host}, process ${leader.pid}`}
        </Row>
        <Row name="Flows">{project?.flows ?? "–"}</Row>
        <Row name="Version of the flows">
          <span className="font-mono text-xs">{project?.activeVersion?.slice(0, 12) ?? "–"}</span>
        </Row>
        <Row name="Licence">Apache 2.0</Row>
        <Row name="API">
          <a href="/api/docs" className="text-accent hover:underline">
            All routes, to browse
          </a>
        </Row>
      </dl>
    </Panel>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
