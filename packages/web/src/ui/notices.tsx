import { isMillraceError } from "@millrace/client";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button, buttonClass } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { type MissingText, missingText } from "./missing.ts";
import { problemText } from "./problem-text.ts";

/** Where there is nothing: what would be here, and how it comes to be. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-1 px-4 py-10 text-center text-ink-2">
      <Icon name={icon} size={22} className="mb-1 text-ink-3" />
      <p className="font-medium text-ink">{title}</p>
      {children === undefined ? null : <div className="max-w-md">{children}</div>}
    </div>
  );
}

/** What went wrong, and what to do. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const { title, advice } = problemText(error);
  return (
    <div role="alert" className="m-3 flex items-start gap-2 rounded-md bg-failed-soft px-3 py-2.5 text-ink">
      <Icon name="cross" className="mt-0.5 text-failed" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{title}</p>
        {advice === null ? null : <p className="break-words text-ink-2">{advice}</p>}
      </div>
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** In the place of rows that are on their way. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2.5 p-4">
      {Array.from({ length: rows }, (_, place) => (
        // Rows that are all the same have nothing but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
        <div key={place} className="h-4 animate-pulse rounded-sm bg-sunken" style={{ width: `${92 - place * 11}%` }} />
      ))}
      <p className="late text-2xs text-ink-2">This takes longer than it should. It is given up after half a minute.</p>
    </div>
  );
}

/** Something that is not there: what, why probably, and where to go. */
function Missing({ error, text }: { readonly error: unknown; readonly text: MissingText }) {
  const message = error instanceof Error ? error.message : "It is not there";
  const hint = isMillraceError(error) && error.hint?.startsWith("Did you mean") === true ? error.hint : null;
  return (
    <Empty icon={text.icon} title={message.charAt(0).toUpperCase() + message.slice(1)}>
      {hint === null ? null : <p className="font-medium text-ink">{hint}</p>}
      <p className="mb-3">{text.why}</p>
      <WayOn to={text.to} way={text.way} />
    </Empty>
  );
}

function WayOn({ to, way }: Pick<MissingText, "to" | "way">) {
  const { run } = useParams({ strict: false });
  const className = buttonClass("plain");
  if (to === "newest") {
    const newest = (old: object) => ({ ...old, version: undefined, against: undefined });
    return (
      <Link to="." search={newest as never} className={className}>
        {way}
      </Link>
    );
  }
  if (to !== "run") {
    return (
      <Link to={to} className={className}>
        {way}
      </Link>
    );
  }
  if (run === undefined) return null;
  return (
    <Link to="/runs/$run" params={{ run }} className={className}>
      {way}
    </Link>
  );
}

interface Answer {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly data: unknown;
  readonly refetch: () => unknown;
}

/** Either the answer's loading or its error, or what is shown of it. */
export function Answered({
  of,
  children,
  rows = 4,
}: {
  readonly of: Answer;
  readonly children: ReactNode;
  readonly rows?: number;
}) {
  // What was read before is shown still: the line about the connection says that it is old.
  if (of.data !== undefined) return children;
  const missing = missingText(of.error);
  if (missing !== undefined) return <Missing error={of.error} text={missing} />;
  if (of.error !== null) return <Problem error={of.error} onRetry={() => void of.refetch()} />;
  return <Loading rows={rows} />;
}
