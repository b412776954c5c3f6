import { useState } from "react";
import { Icon } from "./icon.tsx";

/** Children that are shown before one asks for more, and how deep one sees without unfolding. */
const MOST = 50;
const OPEN_DEPTH = 2;
/** Longer texts are cut until one asks for all of it. */
const LONG = 400;

/** A JSON value whose lists and objects fold. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="overflow-auto rounded-md bg-sunken p-2 font-mono text-xs leading-5"
    >
      <Value value={value} depth={0} />
    </section>
  );
}

interface ValueProps {
  readonly name?: string | undefined;
  readonly value: unknown;
  readonly depth: number;
}

function Value({ name, value, depth }: ValueProps) {
  if (typeof value === "object" && value !== null) return <Many name={name} value={value} depth={depth} />;
  return (
    <div className="flex pl-4">
      <Name name={name} />
      <Plain value={value} />
    </div>
  );
}

function Many({ name, value, depth }: ValueProps & { readonly value: object }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(MOST);
  const isList = Array.isArray(value);
  const fields = Object.entries(value);
  const count = isList ? `[${fields.length}]` : `{${fields.length}}`;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex items-center rounded-sm hover:bg-line/60"
      >
        <Icon name={isOpen ? "down" : "chevron"} size={10} className="mr-1.5 text-ink-3" />
        <Name name={name} />
        <span className="text-ink-3">{count}</span>
      </button>
      {isOpen ? (
        <div className="ml-1.5 border-l border-line pl-1.5">
          {fields.slice(0, shown).map(([key, each]) => (
            <Value key={key} name={key} value={each} depth={depth + 1} />
          ))}
          {fields.length > shown ? (
            <button
              type="button"
              onClick={() => setShown(shown + 10 * MOST)}
              className="pl-4 text-accent hover:underline"
            >
              {(fields.length - shown).toLocaleString("en")} more
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : <span className="mr-1.5 shrink-0 text-ink-2">{name}:</span>;
}

function Plain({ value }: { readonly value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string") {
    return <span className={value === null ? "text-ink-3" : "text-running"}>{String(value)}</span>;
  }
  const isCut = value.length > LONG && !isWhole;
  return (
    <span className="min-w-0 whitespace-pre-wrap break-words text-success">
      {JSON.stringify(isCut ? value.slice(0, LONG) : value)}
      {isCut ? (
        <button type="button" onClick={() => setWhole(true)} className="ml-1.5 text-accent hover:underline">
          {(value.length - LONG).toLocaleString("en")} more characters
        </button>
      ) : null}
    </span>
  );
}
