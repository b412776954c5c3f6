import { Link } from "@tanstack/react-router";
import type { FlowCode, FlowVersion } from "../../api/shapes.ts";
import { useZones } from "../../app/flow-zone.tsx";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/time.tsx";
import { instantText } from "../../ui/time-text.ts";
import { shortId } from "../runs/run-table.tsx";
import { formerOf, shortVersion } from "./versions.ts";

interface Change {
  readonly version?: string | undefined;
  readonly against?: string | undefined;
  readonly file?: undefined;
  readonly line?: undefined;
}

const SELECT = "h-7 max-w-full min-w-0 rounded-md border border-line-strong bg-raised px-2 max-sm:h-11";

/** Which version is shown, and with which it is compared. */
export function VersionBar({
  flow,
  code,
  versions,
  against,
  onChange,
}: {
  readonly flow: string;
  readonly code: FlowCode;
  readonly versions: readonly FlowVersion[];
  readonly against: string | undefined;
  readonly onChange: (next: Change) => void;
}) {
  const former = formerOf(versions, code.version);
  const runs = versions.find(({ version }) => version === code.version)?.runs;
  const others = versions.filter(({ version }) => version !== code.version);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <label className="flex min-w-0 items-center gap-2">
        <span className="text-ink-2">Version</span>
        <select
          value={code.version}
          onChange={({ target }) => {
            const chosen = versions.find(({ version }) => version === target.value);
            onChange({ version: chosen?.isActive === true ? undefined : target.value, line: undefined });
          }}
          className={SELECT}
        >
          <Choices versions={versions} chosen={code} />
        </select>
      </label>
      <label className="flex min-w-0 items-center gap-2">
        <span className="whitespace-nowrap text-ink-2">Compared with</span>
        <select
          value={against ?? ""}
          onChange={({ target }) => onChange({ against: target.value === "" ? undefined : target.value })}
          className={SELECT}
        >
          <option value="">nothing</option>
          {against !== undefined && !others.some(({ version }) => version === against) ? (
            <option value={against}>{shortVersion(against)}</option>
          ) : null}
          <Choices versions={others} chosen={undefined} />
        </select>
      </label>
      {against === undefined && former !== undefined ? (
        <Button icon="list" onClick={() => onChange({ against: former.version })}>
          What changed last
        </Button>
      ) : null}
      <Told flow={flow} code={code} newest={runs?.newest ?? null} />
    </div>
  );
}

/** Whether the version is the active one, and what last ran with it. */
function Told({
  flow,
  code,
  newest,
}: {
  readonly flow: string;
  readonly code: FlowCode;
  readonly newest: string | null;
}) {
  return (
    <p className="text-ink-2 sm:ml-auto">
      {code.isActive ? (
        "Active, made "
      ) : (
        <span className="font-medium text-blocked">Not the active version, made </span>
      )}
      <Instant at={code.createdAt} />
      {newest === null ? null : (
        <>
          {" · newest run "}
          <Link to="/runs/$run" params={{ run: newest }} className="font-mono text-xs text-accent hover:underline">
            {shortId(newest)}
          </Link>
        </>
      )}
      {code.isActive ? null : (
        <>
          {" · "}
          <Link
            to="/flows/$flow"
            params={{ flow }}
            search={{ tab: "code", against: code.version }}
            className="text-accent hover:underline"
          >
            Compare the active version with it
          </Link>
        </>
      )}
    </p>
  );
}

function Choices({
  versions,
  chosen,
}: {
  readonly versions: readonly FlowVersion[];
  readonly chosen: FlowCode | undefined;
}) {
  const { shown } = useZones();
  const isListed = chosen === undefined || versions.some(({ version }) => version === chosen.version);
  return (
    <>
      {isListed ? null : <option value={chosen.version}>{shortVersion(chosen.version)}</option>}
      {versions.map((version) => (
        <option key={version.version} value={version.version}>
          {optionText(version, instantText(Date.parse(version.createdAt), shown).slice(0, 16))}
        </option>
      ))}
    </>
  );
}

function optionText({ version, isActive, changed, runs }: FlowVersion, at: string): string {
  const used =
    runs.count === 0 ? "no runs" : runs.count === 1 ? "1 run" : `${runs.count}${runs.count === 1_000 ? "+" : ""} runs`;
  const parts = [at, shortVersion(version), used, isActive ? "active" : "", changed ? "" : "same code as before it"];
  return parts.filter((part) => part !== "").join(" · ");
}
