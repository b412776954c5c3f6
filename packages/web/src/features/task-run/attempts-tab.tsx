import { Link } from "@tanstack/react-router";
import type { Attempt } from "../../api/shapes.ts";
import { Empty } from "../../ui/notices.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Duration, Instant } from "../../ui/time.tsx";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-top";

/** Every try, and what became of it. */
export function AttemptsTab({ attempts }: { readonly attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <Empty icon="hourglass" title="It has not been tried" />;
  return (
    <div className="min-h-0 flex-1 overflow-auto rounded-lg border border-line bg-surface">
      <table className="w-full border-collapse" aria-label="Attempts">
        <thead>
          <tr className="border-b border-line">
            <th className={HEAD}>Attempt</th>
            <th className={HEAD}>State</th>
            <th className={`${HEAD} max-sm:hidden`}>Started</th>
            <th className={HEAD}>Took</th>
            <th className={`${HEAD} max-md:hidden`}>Where</th>
            <th className={HEAD}>Error</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ id, number, hook, state, startedAt, endedAt, error, place }) => (
            <tr key={id} className="border-b border-line last:border-b-0 hover:bg-sunken/60">
              <td className={`${CELL} whitespace-nowrap`}>
                <Link to="." search={{ attempt: id }} className="font-medium hover:text-accent">
                  {hook === "" ? `Attempt ${number}` : `Hook ${hook}`}
                </Link>
              </td>
              <td className={CELL}>
                <StateBadge state={state} />
              </td>
              <td className={`${CELL} text-ink-2 max-sm:hidden`}>
                <Instant at={startedAt} />
              </td>
              <td className={`${CELL} text-ink-2`}>
                <Duration from={startedAt} to={endedAt} />
              </td>
              <td className={`${CELL} text-ink-2 max-md:hidden`}>
                {place === null ? <span className="text-ink-3">–</span> : <Where place={place} />}
              </td>
              <td className={`${CELL} min-w-40 break-words max-sm:min-w-0`}>
                {place === null ? null : (
                  <p className="text-2xs text-ink-2 md:hidden">
                    <Where place={place} />
                  </p>
                )}
                {error === null ? (
                  <span className="text-ink-3">–</span>
                ) : (
                  `${error.code ?? error.name}: ${error.message}`
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A worker elsewhere by its name; what a server ran itself, by the machine. */
export function Where({ place: { worker, host, pid } }: { readonly place: NonNullable<Attempt["place"]> }) {
  return (
    <span className="break-words" title={`Process ${pid} on ${host}`}>
      {worker === null ? host : `${worker} on ${host}`}, <span className="whitespace-nowrap">process {pid}</span>
    </span>
  );
}
