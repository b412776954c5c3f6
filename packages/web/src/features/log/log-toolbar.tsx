import type { Action } from "../../actions/registry.ts";
import type { LogLevel } from "../../api/shapes.ts";
import { IconButton } from "../../ui/button.tsx";
import type { ChangeLog } from "./log-search-params.ts";

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
