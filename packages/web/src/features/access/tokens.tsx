import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { GrantsText } from "./grants.tsx";

type Token = RouteOutput<"listTokens">["items"][number];

/** One's own tokens, and everybody's where one may see them. Never what lets somebody in. */
export function Tokens() {
  const answer = useApi("listTokens");
  const [revokes, setRevokes] = useState<Token>();
  const tokens = answer.data?.items ?? [];
  return (
    <Panel title="Tokens">
      <Answered of={answer}>
        {tokens.length === 0 ? (
          <Empty icon="key" title="No tokens yet">
            Programs and workers come in with one.
          </Empty>
        ) : (
          <DataTable
            label="Tokens"
            rows={tokens}
            idOf={({ kind, name }) => `${kind} ${name}`}
            columns={[
              {
                name: "Name",
                show: ({ name, user, createdBy }) => (
                  <>
                    <p className="font-medium break-all">{name}</p>
                    <p className="text-2xs text-ink-2">
                      {user === null ? `the project's, made by ${createdBy}` : user}
                    </p>
                  </>
                ),
              },
              {
                name: "May",
                show: ({ kind, grants }) =>
                  kind === "worker" ? (
                    <span className="text-ink-2">connect workers</span>
                  ) : (
                    <GrantsText grants={grants} />
                  ),
              },
              { name: "Ends", from: "sm", show: ({ expiresAt }) => <Ends at={expiresAt} /> },
              { name: "Last used", from: "md", show: (token) => <Used {...token} /> },
              {
                name: "Actions",
                isAction: true,
                show: (token) => (
                  <Button kind="quiet" aria-label={`Revoke ${token.name}`} onClick={() => setRevokes(token)}>
                    Revoke
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Answered>
      {revokes === undefined ? null : <RevokeDialog token={revokes} onClose={() => setRevokes(undefined)} />}
    </Panel>
  );
}

function Ends({ at }: { readonly at: string | null }) {
  return at === null ? <span className="text-ink-2">never</span> : <Instant at={at} relative />;
}

function Used({ usedAt, usedFrom }: Token) {
  if (usedAt === null) return <span className="text-ink-3">never</span>;
  return (
    <span className="text-ink-2">
      <Instant at={usedAt} relative />
      {usedFrom === null ? "" : ` from ${usedFrom}`}
    </span>
  );
}

function RevokeDialog({ token: { kind, name }, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const revoke = useAct("revokeToken", "listTokens");
  const submit = async (): Promise<void> => {
    if ((await revoke.act({ params: { kind, token: name } })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Revoke ${name}`}
      verb="Revoke"
      kind="danger"
      of={revoke}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        {kind === "worker"
          ? "Workers that came in with it are cut off at once, and none comes in with it again."
          : "It lets nobody in from now on, and cannot be brought back. Programs that use it are refused."}
      </p>
    </FormDialog>
  );
}
