import { useId, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Run } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { Instant } from "../../ui/time.tsx";

/** Asks a person for a decision. */
export function Approval({
  run,
  task,
  waitsFor: { message, deadline },
}: {
  readonly run: Run;
  readonly task: string;
  readonly waitsFor: { readonly message: string; readonly deadline: string | null };
}) {
  const id = useId();
  const [comment, setComment] = useState("");
  const refused = useRefusal("approval.decide", run.flow);
  const decide = useChange("decideApproval");
  const say = (decision: "approved" | "rejected"): void =>
    decide.mutate({ params: { run: run.id }, body: { decision, task, comment: comment === "" ? null : comment } });
  const again = (): void => decide.variables && decide.mutate(decide.variables);
  return (
    <Panel title="Needs a decision">
      <div className="flex flex-col gap-2.5 p-3">
        <p className="font-medium break-words">{message}</p>
        {deadline === null ? null : (
          <p className="text-ink-2">
            Until <Instant at={deadline} />
          </p>
        )}
        <label htmlFor={id} className="sr-only">
          Comment
        </label>
        <textarea
          id={id}
          rows={2}
          value={comment}
          placeholder="Comment, if you like"
          onChange={({ target }) => setComment(target.value)}
          className="rounded-md border border-line-strong bg-raised p-2 placeholder:text-ink-3"
        />
        <div className="flex gap-2">
          <Button
            kind="primary"
            icon="check"
            refused={refused}
            disabled={decide.isPending}
            onClick={() => say("approved")}
          >
            Approve
          </Button>
          <Button
            kind="danger"
            icon="cross"
            refused={refused}
            disabled={decide.isPending}
            onClick={() => say("rejected")}
          >
            Reject
          </Button>
        </div>
        {decide.error === null ? null : <Problem error={decide.error} onRetry={againOf(decide.error, again)} />}
      </div>
    </Panel>
  );
}
