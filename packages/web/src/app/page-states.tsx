import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useState } from "react";
import { server } from "../api/server.ts";
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

/** A page that broke: the others still work. What could not be loaded is loaded anew once the server answers. */
export function PageFailed({ error }: ErrorComponentProps) {
  const [isAway, setAway] = useState(false);
  const again = async (): Promise<void> => {
    try {
      await server.call("getHealth");
      location.reload();
    } catch {
      // To load it anew now would leave the browser's own page.
      setAway(true);
    }
  };
  return (
    <Page title="This page failed">
      <Problem error={error} onRetry={() => void again()} />
      {isAway ? <p className="px-3 text-ink-2">The server still cannot be reached.</p> : null}
    </Page>
  );
}
