import { Link } from "@tanstack/react-router";
import type { Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Icon } from "../../ui/icon.tsx";
import { shortVersion } from "./versions.ts";

/** Leads to the code that a run runs, and says where that is no longer the active version. */
export function CodeLink({ run: { flow, version } }: { readonly run: Pick<Run, "flow" | "version"> }) {
  const active = useApi("getProject").data?.activeVersion;
  return (
    <span className="whitespace-nowrap">
      code{" "}
      <Link
        to="/flows/$flow"
        params={{ flow }}
        search={{ tab: "code", version }}
        title={version}
        className="font-mono text-xs text-accent hover:underline"
      >
        {shortVersion(version)}
      </Link>
      {active === undefined || active === version ? null : (
        <span className="text-blocked">, not the active version</span>
      )}
    </span>
  );
}

/** Leads to where a task of a run is written, in the run's version. */
export function TaskCodeLink({
  run: { flow, version },
  task,
}: {
  readonly run: Pick<Run, "flow" | "version">;
  readonly task: string;
}) {
  return (
    <Link
      to="/flows/$flow"
      params={{ flow }}
      search={{ tab: "code", version, task }}
      className="inline-flex items-center gap-1.5 text-accent hover:underline"
    >
      <Icon name="code" size={13} /> Code
    </Link>
  );
}
