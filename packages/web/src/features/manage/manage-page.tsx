import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../../app/page.tsx";

const PLACES = [
  { to: "/manage/pools", text: "Pools & workers" },
  { to: "/manage/vault", text: "Secrets & variables" },
  { to: "/manage/people", text: "People" },
  { to: "/manage/audit", text: "Audit" },
  { to: "/manage/alerts", text: "Alerts" },
] as const;

/** On a narrow window the tab that is open may be beyond its edge. */
function scrollThere(tab: HTMLAnchorElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The frame of the pages about the project itself: one entry at the side leads to all of them. */
export function ManagePage({
  at,
  actions,
  children,
}: {
  readonly at: (typeof PLACES)[number]["to"];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const title = PLACES.find(({ to }) => to === at)?.text ?? "";
  return (
    <Page
      title={title}
      actions={actions}
      tabs={
        <nav aria-label="Manage" className="-mb-px flex gap-4 overflow-x-auto">
          {PLACES.map(({ to, text }) => (
            <Link
              key={to}
              to={to}
              ref={to === at ? scrollThere : undefined}
              aria-current={to === at ? "page" : undefined}
              className={`flex h-8 items-center border-b-2 max-sm:h-11 whitespace-nowrap ${
                to === at ? "border-accent font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink"
              }`}
            >
              {text}
            </Link>
          ))}
        </nav>
      }
    >
      <div className="flex flex-col gap-4">{children}</div>
    </Page>
  );
}
