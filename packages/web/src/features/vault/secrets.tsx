import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { Readable } from "../manage/refusal.tsx";
import { EntryActions, EntryName, EntrySet } from "./entry-columns.tsx";
import { EntryDialog, RemoveDialog } from "./entry-dialog.tsx";

type Secret = RouteOutput<"listSecrets">["items"][number];

/** Names of secrets. What is in them, no route of the server tells. */
export function Secrets({ refused }: { readonly refused: string | undefined }) {
  return (
    <Panel title="Secrets">
      <Readable permission="secret.read">
        <SecretTable refused={refused} />
      </Readable>
    </Panel>
  );
}

function SecretTable({ refused }: { readonly refused: string | undefined }) {
  const answer = useApi("listSecrets");
  const [sets, setSets] = useState<Secret>();
  const [removes, setRemoves] = useState<string>();
  const secrets = answer.data?.items ?? [];
  return (
    <Answered of={answer}>
      {secrets.length === 0 ? (
        <Empty icon="key" title="No secrets yet">
          A task asks for one with <code className="font-mono">secret("name")</code>. Its value goes in here and never
          out.
        </Empty>
      ) : (
        <DataTable
          label="Secrets"
          rows={secrets}
          idOf={({ name }) => name}
          columns={[
            { name: "Name", show: (secret) => <EntryName {...secret} /> },
            {
              name: "Value",
              from: "sm",
              show: ({ source }) => (
                <span className="text-ink-2">{source === "stored" ? "stored, encrypted" : source}</span>
              ),
            },
            { name: "Version", from: "sm", isNumber: true, show: ({ version }) => version },
            { name: "Set", show: (secret) => <EntrySet {...secret} /> },
            {
              name: "Actions",
              isAction: true,
              show: (secret) => (
                <EntryActions
                  name={secret.name}
                  refused={refused}
                  onSet={() => setSets(secret)}
                  onRemove={() => setRemoves(secret.name)}
                />
              ),
            },
          ]}
        />
      )}
      {sets === undefined ? null : <EntryDialog kind="secret" known={sets} onClose={() => setSets(undefined)} />}
      {removes === undefined ? null : (
        <RemoveDialog kind="secret" name={removes} onClose={() => setRemoves(undefined)} />
      )}
    </Answered>
  );
}
