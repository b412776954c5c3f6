import type { ReactNode } from "react";
import type { RepeatPlan, Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Instant } from "../../ui/time.tsx";
import { shortVersion } from "../code/versions.ts";
import { type Code, changesText } from "./code-of-rerun.ts";

/** As many versions are looked through for when these two were made. */
const VERSIONS = 100;

/** With which code something is run again: there is a choice only where today's is another. */
export function CodeChoice({
  run,
  today,
  code,
  onChoose,
}: {
  readonly run: Run;
  /** The version of today, and how it differs. */
  readonly today: RepeatPlan["version"];
  readonly code: Code;
  readonly onChoose: (code: Code) => void;
}) {
  return (
    <Choices
      code={code}
      onChoose={onChoose}
      today={
        <>
          <Made flow={run.flow} version={today.id} />, {changesText(today)}
        </>
      }
      own={<Made flow={run.flow} version={run.version} />}
      ownTitle="With the code of this run"
    />
  );
}

/** The same of many runs. */
export function CodeChoiceOfMany({
  note,
  code,
  onChoose,
}: {
  /** Of how many of them today's code is another. */
  readonly note: string;
  readonly code: Code;
  readonly onChoose: (code: Code) => void;
}) {
  return (
    <Choices code={code} onChoose={onChoose} today={note} own="as it was then" ownTitle="With the code of each run" />
  );
}

function Choices({
  code,
  onChoose,
  today,
  own,
  ownTitle,
}: {
  readonly code: Code;
  readonly onChoose: (code: Code) => void;
  readonly today: ReactNode;
  readonly own: ReactNode;
  readonly ownTitle: string;
}) {
  const choices = [
    { name: "today", title: "With today's code", note: today },
    { name: "own", title: ownTitle, note: own },
  ] as const;
  return (
    <fieldset className="flex flex-col gap-0.5 border-t border-line px-3 py-2">
      <legend className="sr-only">With which code</legend>
      {choices.map(({ name, title, note }) => (
        <label
          key={name}
          className={`flex items-baseline gap-2.5 rounded-md border px-2.5 py-1.5 ${name === code ? "border-accent bg-accent-soft" : "border-transparent hover:bg-sunken"}`}
        >
          <input
            type="radio"
            name="code"
            checked={name === code}
            onChange={() => onChoose(name)}
            className="size-4 shrink-0 translate-y-0.5 accent-accent"
          />
          <span className="flex min-w-0 flex-wrap gap-x-2">
            <span className="font-medium">{title}</span>
            <span className="text-ink-2">{note}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** When a version was made; its name where that is longer ago than is looked for. */
function Made({ flow, version }: { readonly flow: string; readonly version: string }) {
  const versions = useApi("listFlowVersions", { params: { flow }, query: { limit: VERSIONS } }).data?.items;
  const made = versions?.find((each) => each.version === version)?.createdAt;
  return made === undefined ? (
    <span className="font-mono text-xs">{shortVersion(version)}</span>
  ) : (
    <>
      made <Instant at={made} />
    </>
  );
}
