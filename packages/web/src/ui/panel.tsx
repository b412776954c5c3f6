import type { ReactNode } from "react";

/** A part of a page with a heading of its own. */
export function Panel({
  title,
  aside,
  children,
  className = "",
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <section aria-label={title} className={`min-w-0 rounded-lg border border-line bg-surface ${className}`}>
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-3 border-b border-line px-3 py-1">
        <h2 className="whitespace-nowrap">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A fact with its name before it. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-2xs text-ink-3">{name}</dt>
      <dd className="truncate">{children}</dd>
    </div>
  );
}
