import { Link } from "@tanstack/react-router";
import type { Tick } from "../../api/shapes.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { Outcome } from "./outcome.tsx";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-top";

/** What became of ticks, events and polls, the newest first. */
export function TickTable({ ticks }: { readonly ticks: readonly Tick[] }) {
  return (
    <div className="@container relative overflow-x-auto">
      <table className="w-full" aria-label="Ticks and events">
        <thead>
          <tr className="border-b border-line">
            <th className={HEAD}>Due or come at</th>
            <th className={HEAD}>Outcome</th>
            <th className={HEAD}>Run</th>
            <th className={`${HEAD} @max-xl:hidden`}>Key</th>
            <th className={`${HEAD} w-2/5 @max-xl:hidden`}>Why</th>
          </tr>
        </thead>
        <tbody>
          {ticks.map((tick) => (
            <TickRow key={`${tick.key} ${tick.at} ${tick.decidedAt}`} tick={tick} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TickRow({ tick: { at, key, outcome, run, reason, log } }: { readonly tick: Tick }) {
  return (
    <tr className="border-b border-line last:border-b-0 hover:bg-sunken/60">
      <td className={`${CELL} text-ink-2`}>
        <Instant at={at} />
      </td>
      <td className={CELL}>
        <Outcome outcome={outcome} />
        {/* A phone has no column for it. */}
        {reason === null ? null : <p className="text-2xs break-words text-ink-2 @min-xl:hidden">{reason}</p>}
      </td>
      <td className={CELL}>
        {run === null ? (
          <span className="text-ink-3">–</span>
        ) : (
          <Link to="/runs/$run" params={{ run }} className="font-mono text-xs text-accent hover:underline">
            {shortId(run)}
          </Link>
        )}
      </td>
      <td className={`${CELL} max-w-48 truncate font-mono text-xs text-ink-2 @max-xl:hidden`} title={key}>
        {key}
      </td>
      <td className={`${CELL} break-words text-ink-2 @max-xl:hidden`}>
        {reason}
        {log === null ? null : (
          <details>
            <summary className="text-2xs">What it logged</summary>
            <CodeBlock text={log} label="What the poll logged" />
          </details>
        )}
      </td>
    </tr>
  );
}
