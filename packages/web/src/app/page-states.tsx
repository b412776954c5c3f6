import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import { Empty, Problem } from "../ui/notices.tsx";
import { Page } from "./page.tsx";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="Not found">
      <Empty icon="search" title="There is no such page">
        <p className="mb-3">The address may be mistyped, or what it led to is gone.</p>
        <Link to="/" className={buttonClass("plain")}>
          Go to the overview
        </Link>
      </Empty>
    </Page>
  );
}

/** A page that broke: the others still work. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page failed">
      <Problem error={error} onRetry={reset} />
    </Page>
  );
}
