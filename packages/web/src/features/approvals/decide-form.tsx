import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";
import type { Asked } from "./use-waiting.ts";

/** The answer to one question. Who may not give it reads why. */
export function DecideForm({ asked: { run, flow, task, message } }: { readonly asked: Asked }) {
  const id = useId();
  const [comment, setComment] = useState("");
  const refused = useRefusal("approval.decide", flow);
  const queries = useQueryClient();
  const decide = useChange("decideApproval");
  const say = (decision: "approved" | "rejected"): void => {
    const body = { decision, task, comment: comment.trim() === "" ? null : comment.trim() };
    // Also after a refusal: most often somebody else was faster.
    const onSettled = (): void => void queries.invalidateQueries({ queryKey: ["listApprovals"] });
    decide.mutate({ params: { run }, body }, { onSettled });
  };
  const again = (): void => decide.variables && decide.mutate(decide.variables);
  return (
    <div className="border-t border-line p-3">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-60 flex-1">
          <label htmlFor={id} className="sr-only">
            Comment on {message}
          </label>
          <textarea
            id={id}
            rows={1}
            value={comment}
            disabled={refused !== undefined}
            placeholder="Comment, if you like"
            onChange={({ target }) => setComment(target.value)}
            className="field-sizing-content block max-h-40 min-h-8 w-full resize-none rounded-md border border-line-strong bg-raised px-2 py-1.25 placeholder:text-ink-3 disabled:opacity-60 max-sm:min-h-10"
          />
        </div>
        <Button
          kind="primary"
          className="h-8"
          icon="check"
          refused={refused}
          disabled={decide.isPending}
          aria-label={`Approve: ${message}`}
          onClick={() => say("approved")}
        >
          Approve
        </Button>
        <Button
          kind="danger"
          className="h-8"
          icon="cross"
          refused={refused}
          disabled={decide.isPending}
          aria-label={`Reject: ${message}`}
          onClick={() => say("rejected")}
        >
          Reject
        </Button>
      </div>
      {refused === undefined ? null : <p className="mt-1.5 text-2xs text-ink-2">{refused}</p>}
      {decide.error === null ? null : <Problem error={decide.error} onRetry={againOf(decide.error, again)} />}
    </div>
  );
}
