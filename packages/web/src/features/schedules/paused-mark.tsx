import { useApi } from "../../api/use-api.ts";
import { Icon } from "../../ui/icon.tsx";
import { pausedText } from "./pause-state.ts";

/** That a flow is paused, by whom and why; nothing of one that is not. */
export function PausedMark({ flow }: { readonly flow: string }) {
  const text = pausedText(useApi("listTriggers", { query: { flow } }).data?.items ?? []);
  if (text === undefined) return null;
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 font-medium text-blocked" title={text}>
      <Icon name="pause" size={13} />
      <span className="truncate">{text}</span>
    </span>
  );
}
