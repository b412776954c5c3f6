import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { Readable } from "../manage/refusal.tsx";
import { EntryActions, EntryName, EntrySet } from "./entry-columns.tsx";
import { EntryDialog, RemoveDialog } from "./entry-dialog.tsx";

type Variable = RouteOutput<"listVariables">["items"][number];

/** Variables, with their values. */
export function Variables({ refused }: { readonly refused: string | undefined }) {
  return (
    <Panel title="Variables">
      <Readable permission="variable.read">
        <VariableTable refused={refused} />
      </Readable>
    </Panel>
  );
}

function VariableTable({ refused }: { readonly refused: string | undefined }) {
  const answer = useApi("listVariables");
  const [sets, setSets] = useState<Variable>();
  const [removes, setRemoves] = useState<string>();
  const variables = answer.data?.items ?? [];
  return (
    <Answered of={answer}>
      {variables.length === 0 ? (
        <Empty icon="list" title="No variables yet">
          Settings that runs read, and that change without new code.
        </Empty>
      ) : (
        <DataTable
          label="Variables"
          rows={variables}
          idOf={({ name }) => name}
          columns={[
            { name: "Name", show: (variable) => <EntryName {...variable} /> },
            {
              name: "Value",
              show: ({ value }) => (
                <span className="line-clamp-3 max-w-96 font-mono text-xs break-all" title={value}>
                  {value}
                </span>
              ),
            },
            {
              name: "Read",
              from: "md",
              show: ({ readAt }) =>
                readAt === null ? (
                  <span className="text-ink-3" title="As far as this server knows, since it was started">
                    not lately
                  </span>
                ) : (
                  <Instant at={readAt} relative />
                ),
            },
            { name: "Version", from: "sm", isNumber: true, show: ({ version }) => version },
            { name: "Set", from: "sm", show: (variable) => <EntrySet {...variable} /> },
            {
              name: "Actions",
              isAction: true,
              show: (variable) => (
                <EntryActions
                  name={variable.name}
                  refused={refused}
                  onSet={() => setSets(variable)}
                  onRemove={() => setRemoves(variable.name)}
                />
              ),
            },
          ]}
        />
      )}
      {sets === undefined ? null : <EntryDialog kind="variable" known={sets} onClose={() => setSets(undefined)} />}
      {removes === undefined ? null : (
        <RemoveDialog kind="variable" name={removes} onClose={() => setRemoves(undefined)} />
      )}
    </Answered>
  );
}
