import type { ReactNode } from "react";

/** Something that needs somebody: what it is, why, and what can be done about it, at the place of the thumb. */
export function Need({
  mark,
  title,
  note,
  children,
}: {
  readonly mark: ReactNode;
  readonly title: ReactNode;
  readonly note: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <li className="flex min-h-[calc(var(--spacing-row)+1rem)] items-center gap-2.5 border-b border-line px-3 py-cell last:border-b-0 max-sm:flex-wrap">
      {mark}
      <div className="min-w-0 flex-1">
        <div className="truncate">{title}</div>
        <div className="text-2xs text-ink-2 max-sm:line-clamp-2 sm:truncate">{note}</div>
      </div>
      {children === undefined ? null : <div className="flex shrink-0 items-center gap-1.5">{children}</div>}
    </li>
  );
}
