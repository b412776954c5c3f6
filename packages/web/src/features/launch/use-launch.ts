import type { Issue } from "@millrace/contract";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Flow, Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { issuesOf } from "./field-issues.ts";
import { type Asked, bodyOf } from "./launch-words.ts";
import { defaultsOf, type Schema, type Values, withValue } from "./params-schema.ts";

const ALL: Asked["selection"] = { kind: "only", nodes: [] };

/** What a run is asked for, sending it, and what was wrong with it when it was sent. */
export function useLaunch(flow: Flow, former: Run | undefined) {
  const navigate = useNavigate();
  const start = useChange("startRun");
  const [params, setParams] = useState<Values>(() => ({
    ...defaultsOf(flow.params as Schema | null),
    ...(former?.params as Values | null | undefined),
  }));
  const [partition, setPartition] = useState(former?.slice?.kind === "key" ? former.slice.key : "");
  const [version, setVersion] = useState<string | null>(null);
  const [selection, setSelection] = useState(ALL);
  const [issues, setIssues] = useState<readonly Issue[]>([]);
  const asked: Asked = { flow: flow.name, params, partition, version, selection };
  return {
    asked,
    issues,
    error: start.error,
    isPending: start.isPending,
    setPartition,
    setSelection,
    setVersion: (next: string | null): void => {
      setVersion(next);
      setIssues([]);
      // Another version may not have the tasks.
      setSelection(ALL);
    },
    setParams: (next: Values): void => {
      setParams(next);
      setIssues([]);
    },
    setParam: (name: string, value: unknown): void => {
      setParams((old) => withValue(old, name, value));
      setIssues((old) => old.filter(({ path: [first] }) => String(first) !== name));
    },
    send: async (): Promise<void> => {
      setIssues([]);
      try {
        const { run } = await start.mutateAsync({ params: { flow: flow.name }, body: bodyOf(asked) });
        await navigate({ to: "/runs/$run", params: { run } });
      } catch (error) {
        // The dialog shows why, each at its field.
        setIssues(issuesOf(error));
      }
    },
  };
}
