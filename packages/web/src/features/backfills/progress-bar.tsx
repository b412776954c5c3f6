import { type Backfill, countsText, endedOf } from "./backfill-state.tsx";

/** Shares of a backfill's runs, side by side. What they are is said in words for those who do not see them. */
export function ProgressBar({ of, className = "" }: { readonly of: Backfill; readonly className?: string }) {
  const { runs, made, succeeded, failed, cancelled } = of;
  const parts = [
    { look: "bg-success", count: succeeded },
    { look: "bg-failed", count: failed },
    { look: "bg-idle", count: cancelled },
    // Not done yet: it must not look as if it were.
    { look: "bg-running/30", count: made - endedOf(of) },
  ];
  return (
    <div
      role="img"
      aria-label={countsText(of)}
      title={countsText(of)}
      className={`flex h-2 min-w-16 gap-px overflow-hidden rounded-full bg-sunken ${className}`}
    >
      {parts.map(({ look, count }) =>
        count === 0 ? null : (
          <span key={look} className={look} style={{ width: `${(100 * count) / Math.max(1, runs)}%` }} />
        ),
      )}
    </div>
  );
}
