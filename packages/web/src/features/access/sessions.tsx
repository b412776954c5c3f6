import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Answered, Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { Instant } from "../../ui/time.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { useAct } from "../manage/use-act.ts";

/** Browsers that are logged in. */
export function Sessions() {
  const answer = useApi("listSessions");
  const end = useAct("endSession", "listSessions");
  const sessions = answer.data?.items ?? [];
  return (
    <Panel title="Sessions">
      {end.error === null ? null : <Problem error={end.error} onRetry={againOf(end.error, end.again)} />}
      <Answered of={answer} rows={2}>
        {sessions.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">Nobody is logged in with a browser.</p>
        ) : (
          <DataTable
            label="Sessions"
            rows={sessions}
            idOf={({ id }) => id}
            columns={[
              {
                name: "User",
                show: ({ user, isThis }) => (
                  <>
                    <span className="font-medium">{user}</span>
                    {isThis ? <span className="text-2xs text-ink-2"> · this one</span> : null}
                  </>
                ),
              },
              { name: "Began", from: "sm", show: ({ createdAt }) => <Instant at={createdAt} relative /> },
              {
                name: "Last used",
                show: ({ usedAt, usedFrom }) => (
                  <span className="text-ink-2">
                    <Instant at={usedAt} relative />
                    {usedFrom === null ? "" : ` from ${usedFrom}`}
                  </span>
                ),
              },
              { name: "Ends", from: "sm", show: ({ expiresAt }) => <Instant at={expiresAt} relative /> },
              {
                name: "Actions",
                isAction: true,
                show: ({ id, user, isThis }) => (
                  <Button
                    kind="quiet"
                    aria-label={`End the session of ${user}`}
                    refused={isThis ? "This is the one you are in: log out under Settings." : undefined}
                    disabled={end.isPending}
                    onClick={() => void end.act({ params: { session: id } })}
                  >
                    End
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Answered>
    </Panel>
  );
}
