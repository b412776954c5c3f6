import type { LogLine } from "../../api/shapes.ts";
import { instantText } from "../../ui/time-text.ts";
import { piecesOf } from "./ansi.ts";

const LEVELS: Readonly<Record<LogLine["level"], string>> = {
  debug: "text-ink-3",
  info: "text-ink-2",
  warn: "text-blocked",
  error: "text-failed",
};

/** One line: its number links to it. */
export function LogRow({
  number,
  line,
  top,
  zone,
  query,
  isPointed,
  onPoint,
}: {
  readonly number: number;
  readonly line: LogLine | undefined;
  readonly top: number;
  readonly zone: string;
  readonly query: string;
  readonly isPointed: boolean;
  readonly onPoint: () => void;
}) {
  const look = isPointed ? "bg-accent-soft" : line?.level === "error" ? "bg-failed-soft" : "hover:bg-sunken/60";
  return (
    <div
      className={`absolute left-0 flex min-w-full items-baseline gap-3 pr-4 leading-5 whitespace-pre ${look}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        onClick={onPoint}
        aria-label={`Line ${number + 1}`}
        className="w-14 shrink-0 text-right text-ink-3 hover:text-accent"
      >
        {number + 1}
      </button>
      {line === undefined ? (
        <span className="text-ink-3">…</span>
      ) : (
        <>
          <time dateTime={line.at} title={line.at} className="text-ink-3 max-sm:hidden">
            {instantText(Date.parse(line.at), zone, true).slice(11)}
          </time>
          <span className={`w-10 shrink-0 ${LEVELS[line.level]}`}>{line.level}</span>
          <span>
            {piecesOf(line.text).map(({ text, look: own }, place) => (
              // Pieces of one text have nothing but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
              <span key={place} className={own}>
                <Marked text={text} query={query} />
              </span>
            ))}
            {line.data === undefined ? null : <span className="text-ink-3"> {fieldsText(line.data)}</span>}
          </span>
        </>
      )}
    </div>
  );
}

/** What was searched for stands out. */
function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-[2px] bg-blocked-soft text-ink outline outline-blocked">
        {text.slice(at, at + query.length)}
      </mark>
      {text.slice(at + query.length)}
    </>
  );
}

/** Fields as `name=value`. */
function fieldsText(data: unknown): string {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return JSON.stringify(data);
  return Object.entries(data)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}
