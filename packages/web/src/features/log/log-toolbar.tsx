import { type Ref, useEffect, useRef, useState } from "react";
import type { Action } from "../../actions/registry.ts";
import type { LogLevel } from "../../api/shapes.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { ChangeLog } from "./log-search-params.ts";

/** Between the last letter and the search, in milliseconds. */
const PAUSE_MS = 150;

const FILTERS: readonly { readonly level: LogLevel; readonly text: string }[] = [
  { level: "debug", text: "All" },
  { level: "info", text: "Info" },
  { level: "warn", text: "Warnings" },
  { level: "error", text: "Errors" },
];

export type LevelCounts = Readonly<Record<LogLevel, number>>;

/** Which lines are shown: those that are at least so loud, and how many they are. */
export function LevelFilter({
  level = "debug",
  counts,
  onChange,
}: {
  readonly level: LogLevel | undefined;
  readonly counts: LevelCounts | undefined;
  readonly onChange: ChangeLog;
}) {
  return (
    <fieldset className="flex rounded-md border border-line-strong bg-raised">
      <legend className="sr-only">Lines that are shown</legend>
      {FILTERS.map(({ level: own, text }) => (
        <button
          key={own}
          type="button"
          aria-pressed={own === level}
          title={own === "debug" ? "Every line" : own === "error" ? "Errors only" : `${text} and what is louder`}
          onClick={() => onChange({ level: own === "debug" ? undefined : own })}
          className={`flex h-6.5 items-center gap-1.5 border-l border-line px-2 first:rounded-l-md first:border-l-0 last:rounded-r-md max-sm:h-8.5 ${own === level ? "bg-accent-soft font-medium" : "text-ink-2 hover:bg-sunken"}`}
        >
          {text}
          {own === "warn" || own === "error" ? <Count of={counts?.[own]} level={own} /> : null}
        </button>
      ))}
    </fieldset>
  );
}

/** How many of just this level: what one looks for before one filters. */
function Count({ of, level }: { readonly of: number | undefined; readonly level: "warn" | "error" }) {
  if (of === undefined) return null;
  const colour = of === 0 ? "text-ink-3" : level === "error" ? "text-failed" : "text-blocked";
  return <span className={`text-2xs ${colour}`}>{of.toLocaleString("en")}</span>;
}

/** What is searched for. The address has it a moment after the last letter. */
export function SearchField({
  query,
  says,
  onQuery,
  onStep,
  ref,
}: {
  readonly query: string;
  /** How many there are, where something is searched for. */
  readonly says: string | undefined;
  readonly onQuery: (query: string) => void;
  /** Goes to the next place of what is typed, whether the address has it already or not. */
  readonly onStep: (isBack: boolean, query: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}) {
  const [text, setText] = useState(query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(query);
  // Another address, as when one goes back; and not one that comes after the letters that it is made of.
  useEffect(() => {
    if (query !== sent.current) setText(query);
    sent.current = query;
  }, [query]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = next;
      onQuery(next);
    }, PAUSE_MS);
  };
  return (
    <div
      className={`flex flex-1 items-center gap-1 max-sm:min-w-full sm:max-w-md ${says === undefined ? "min-w-36" : "min-w-80"}`}
    >
      <label className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent max-sm:h-9">
        <Icon name="search" size={14} className="text-ink-3" />
        <span className="sr-only">Search the log</span>
        <input
          ref={ref}
          value={text}
          placeholder="Search the log"
          title="Search the log (/)"
          onChange={({ target }) => type(target.value)}
          onKeyDown={({ key, shiftKey, currentTarget }) => {
            if (key === "Enter") {
              clearTimeout(timer.current);
              sent.current = text;
              onStep(shiftKey, text);
            }
            if (key === "Escape") {
              if (text === "") currentTarget.blur();
              else type("");
            }
          }}
          className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
        />
        <span role="status" className="shrink-0 text-2xs text-ink-2">
          {says}
        </span>
      </label>
      {says === undefined ? null : (
        <>
          <IconButton
            icon="chevron"
            label="Previous (Shift Enter)"
            className="-rotate-90"
            onClick={() => onStep(true, text)}
          />
          <IconButton icon="chevron" label="Next (Enter)" className="rotate-90" onClick={() => onStep(false, text)} />
        </>
      )}
    </div>
  );
}

/** An action as an icon; one that can be on says whether it is. */
export function ToolButton({ action, isOn }: { readonly action: Action; readonly isOn?: boolean }) {
  const { title, keys, icon, refused, run } = action;
  return (
    <IconButton
      icon={icon}
      label={keys === undefined ? title : `${title} (${keys})`}
      aria-pressed={isOn}
      disabled={refused !== undefined}
      onClick={run}
      className={`disabled:opacity-40 ${isOn === true ? "bg-accent-soft text-accent" : ""}`}
    />
  );
}
