import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { Readable } from "../manage/refusal.tsx";
import { EntryActions, EntryName, EntrySet } from "./entry-columns.tsx";
import { EntryDialog, RemoveDialog } from "./entry-dialog.tsx";
import { Uses } from "./uses.tsx";

type Secret = RouteOutput<"listSecrets">["items"][number];
type MissingSecret = RouteOutput<"listSecrets">["missing"][number];
/** What is known of a secret that is to be set: it may be one that is missing. */
type Known = Pick<Secret, "name" | "description">;

interface Acts {
  readonly refused: string | undefined;
  readonly onSet: (known: Known) => void;
  readonly onRemove: (name: string) => void;
}

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
  const [sets, setSets] = useState<Known>();
  const [removes, setRemoves] = useState<string>();
  const secrets = answer.data?.items ?? [];
  const missing = answer.data?.missing ?? [];
  return (
    <Answered of={answer}>
      {missing.length === 0 ? null : <MissingSecrets missing={missing} refused={refused} onSet={setSets} />}
      {secrets.length === 0 && missing.length > 0 ? null : secrets.length === 0 ? (
        <Empty icon="key" title="No secrets yet">
          A task asks for one with <code className="font-mono">secret("name")</code>. Its value goes in here and never
          out.
        </Empty>
      ) : (
        <DataTable
          label="Secrets"
          rows={secrets}
          idOf={({ name }) => name}
          columns={columnsOf({ refused, onSet: setSets, onRemove: setRemoves })}
        />
      )}
      {sets === undefined ? null : <EntryDialog kind="secret" known={sets} onClose={() => setSets(undefined)} />}
      {removes === undefined ? null : (
        <RemoveDialog
          kind="secret"
          name={removes}
          usedBy={secrets.find(({ name }) => name === removes)?.usedBy.map(({ name }) => name) ?? []}
          onClose={() => setRemoves(undefined)}
        />
      )}
    </Answered>
  );
}

/** Secrets that tasks read and nobody has set. */
function MissingSecrets({
  missing,
  refused,
  onSet,
}: Omit<Acts, "onRemove"> & { readonly missing: readonly MissingSecret[] }) {
  return (
    <ul aria-label="Missing secrets" className="border-b border-line bg-failed-soft">
      {missing.map(({ name, usedBy }) => (
        <li key={name} className="flex items-start gap-2 px-3 py-2 not-first:border-t not-first:border-line">
          <Icon name="cross" className="mt-0.5 text-failed" />
          <div className="min-w-0 flex-1">
            <p>
              <code className="font-mono text-xs font-medium">{name}</code> is missing: what reads it fails.
            </p>
            <div className="flex gap-1.5">
              <span className="text-ink-2">Read by</span> <Uses uses={usedBy} />
            </div>
          </div>
          <Button refused={refused} aria-label={`Set ${name}`} onClick={() => onSet({ name, description: null })}>
            Set
          </Button>
        </li>
      ))}
    </ul>
  );
}

function columnsOf({ refused, onSet, onRemove }: Acts): readonly Column<Secret>[] {
  return [
    { name: "Name", show: (secret) => <EntryName {...secret} /> },
    {
      name: "Value",
      from: "md",
      show: ({ source }) => <span className="text-ink-2">{source === "stored" ? "stored, encrypted" : source}</span>,
    },
    { name: "Used by", show: ({ usedBy, readAt }) => <Uses uses={usedBy} readAt={readAt} /> },
    { name: "Version", from: "md", isNumber: true, show: ({ version }) => version },
    { name: "Set", from: "sm", show: (secret) => <EntrySet {...secret} /> },
    {
      name: "Actions",
      isAction: true,
      show: (secret) => (
        <EntryActions
          name={secret.name}
          verb="Rotate"
          refused={refused}
          onSet={() => onSet(secret)}
          onRemove={() => onRemove(secret.name)}
        />
      ),
    },
  ];
}
