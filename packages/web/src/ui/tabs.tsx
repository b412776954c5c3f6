import { Link } from "@tanstack/react-router";

interface Tab<Name extends string> {
  readonly name: Name;
  readonly text: string;
  readonly count?: number | string | undefined;
}

/** Tabs are links: which one is open is in the address. */
export function Tabs<Name extends string>({
  tabs,
  current,
  label,
  keep = [],
}: {
  readonly tabs: readonly Tab<Name>[];
  readonly current: Name;
  readonly label: string;
  /** What of the address is the same on all of them. */
  readonly keep?: readonly string[];
}) {
  return (
    <nav aria-label={label} className="-mb-px flex gap-4 overflow-x-auto">
      {tabs.map(({ name, text, count }) => (
        <Link
          key={name}
          to="."
          search={(search) => ({ ...kept(search, keep), launch: search.launch, tab: name }) as never}
          aria-current={name === current ? "page" : undefined}
          className={`flex h-8 items-center gap-1.5 border-b-2 max-sm:h-11 whitespace-nowrap ${
            name === current ? "border-accent font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink"
          }`}
        >
          {text}
          {count === undefined ? null : (
            <span className="rounded-full bg-sunken px-1.5 text-2xs text-ink-2">{count}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}

function kept(search: object, keep: readonly string[]): object {
  return Object.fromEntries(Object.entries(search).filter(([name]) => keep.includes(name)));
}
