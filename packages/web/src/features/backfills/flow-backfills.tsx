import { ActionButton } from "../../actions/action-button.tsx";
import { useActions } from "../../actions/registry.ts";
import { BackfillList } from "./backfill-list.tsx";
import { useBeginAction } from "./use-begin-action.ts";

/** The backfills of one flow, as a part of its page. */
export function FlowBackfills({ flow }: { readonly flow: string }) {
  const begin = useBeginAction(flow);
  useActions([begin]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end">
        <ActionButton action={begin} />
      </div>
      <BackfillList flow={flow} />
    </div>
  );
}
