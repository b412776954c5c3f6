import { memo } from "react";
import type { LogLine } from "../../api/shapes.ts";
import type { Zones } from "../../app/flow-zone.tsx";
import { Icon } from "../../ui/icon.tsx";
import { instantText, timesText } from "../../ui/time-text.ts";
import { piecesOf } from "./ansi.ts";
import { cleanText } from "./clean-text.ts";

const LEVELS: Readonly<Record<LogLine["level"], string>> = {
  debug: "text-ink-3",
  info: "text-ink-2",
  warn: "text-blocked",
  error: "text-failed",
};

export interface RowLook {
  readonly zones: Zones;
  /** When the attempt began, where times are counted from there. */
  readonly startMs: number | undefined;
  readonly query: string;
  readonly isWrapped: boolean;
  /** Errors stand out; where only errors are shown they need not. */
  readonly isTinted: boolean;
}

interface Props extends RowLook {
  readonly line: LogLine | undefined;
  readonly isPointed: boolean;
  readonly onPoint: (line: number, isStretch: boolean) => void;
}

/** One line: its number links to it. */
export const LogRow = memo(function LogRow(props: Props) {
  const { line, isPointed, isWrapped, isTinted, onPoint } = props;
  if (line === undefined) return <div className="h-5 pl-4 leading-5 text-ink-3">…</div>;
  const { number, level } = line;
  const look = isPointed ? "bg-accent-soft" : isTinted && level === "error" ? "bg-failed-soft" : "bg-surface";
  return (
    <div data-line={number} className={`flex min-w-full items-start pr-4 leading-5 hover:brightness-95 ${look}`}>
      <button
        type="button"
        tabIndex={-1}
        onClick={({ shiftKey }) => onPoint(number, shiftKey)}
        aria-label={`Line ${number + 1}`}
        aria-pressed={isPointed}
        className={`sticky left-0 w-16 shrink-0 pr-3 text-right text-ink-3 hover:text-accent max-sm:w-12 max-sm:pr-2 ${look}`}
      >
        {number + 1}
      </button>
      <Time {...props} line={line} />
      <span className={`w-12 shrink-0 max-sm:hidden ${LEVELS[level]}`}>{level}</span>
      {level === "error" || level === "warn" ? (
        <Icon
          name={level === "error" ? "cross" : "blocked"}
          size={12}
          className={`mt-1 mr-1 sm:hidden ${LEVELS[level]}`}
        />
      ) : null}
      {/* Text that runs from right to left does not turn around what stands beside it. */}
      <bdi dir="ltr" className={isWrapped ? "min-w-0 flex-1 break-words whitespace-pre-wrap" : "whitespace-pre"}>
        <Text {...props} line={line} />
      </bdi>
    </div>
  );
});

function Time({ line, startMs, zones }: Props & { readonly line: LogLine }) {
  const ms = Date.parse(line.at);
  return (
    <time
      dateTime={line.at}
      // Told when somebody asks: thousands of lines pass by whom nobody does.
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = timesText(ms, zones);
      }}
      className="w-25 shrink-0 text-ink-3 max-sm:hidden"
    >
      {startMs === undefined ? instantText(ms, zones.shown, true).slice(11) : sinceText(ms - startMs)}
    </time>
  );
}

/** `+1.204`, `+12:07.318`, `+3:12:07.318`. */
export function sinceText(ms: number): string {
  const past = Math.abs(ms);
  const seconds = (past / 1_000) % 60;
  const minutes = Math.floor(past / 60_000) % 60;
  const hours = Math.floor(past / 3_600_000);
  const sign = ms < 0 ? "-" : "+";
  if (hours > 0) return `${sign}${hours}:${String(minutes).padStart(2, "0")}:${seconds.toFixed(3).padStart(6, "0")}`;
  return minutes > 0 ? `${sign}${minutes}:${seconds.toFixed(3).padStart(6, "0")}` : `${sign}${seconds.toFixed(3)}`;
}

function Text({ line, query }: Props & { readonly line: LogLine }) {
  return (
    <>
      {piecesOf(cleanText(line.text)).map(({ text, look }, place) => (
        // Pieces of one text have nothing but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
        <span key={place} className={look}>
          <Marked text={text} query={query} />
        </span>
      ))}
      {line.data === undefined ? null : <span className="text-ink-3"> {cleanText(fieldsText(line.data))}</span>}
      {line.cut === undefined ? null : (
        <span className="text-accent"> … {line.cut.toLocaleString("en")} more characters</span>
      )}
    </>
  );
}

/** What was searched for stands out, each time. */
function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const parts = partsBy(text, query);
  if (parts.length === 1) return text;
  return parts.map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
      <mark key={place} className="rounded-[2px] bg-blocked-soft text-ink outline outline-blocked">
        {part}
      </mark>
    ),
  );
}

/** A text cut at what is searched for, which is every other part. */
function partsBy(text: string, query: string): string[] {
  if (query === "") return [text];
  const [lower, wanted] = [text.toLowerCase(), query.toLowerCase()];
  // Where lower case has another length, places are not the same in both.
  if (lower.length !== text.length) return [text];
  const parts: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}

/** Fields as `name=value`. */
function fieldsText(data: unknown): string {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return JSON.stringify(data);
  return Object.entries(data)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}
