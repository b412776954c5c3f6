import { useApi } from "../../api/use-api.ts";
import { agoText } from "../../ui/time-text.ts";
import { paramsText } from "../runs/run-text.ts";
import type { Values } from "./params-schema.ts";

/** So much of them tells runs apart, in characters. */
const TOLD = 70;

/** Values that earlier runs had. */
export function RecentParams({
  flow,
  onChoose,
}: {
  readonly flow: string;
  readonly onChoose: (values: Values) => void;
}) {
  const runs = useApi("listRuns", { query: { flow, limit: 30 } }).data?.items ?? [];
  const seen = new Map<string, string>();
  for (const { params, createdAt } of runs) {
    const text = JSON.stringify(params);
    if (text !== "{}" && text !== "null" && !seen.has(text)) seen.set(text, createdAt);
  }
  if (seen.size === 0) return null;
  return (
    <label className="flex flex-col gap-1">
      <span className="font-medium">Values of an earlier run</span>
      <select
        value=""
        onChange={({ target }) => target.value !== "" && onChoose(JSON.parse(target.value) as Values)}
        className="h-8 rounded-md border border-line-strong bg-raised px-2 max-sm:h-11"
      >
        <option value="">Choose…</option>
        {[...seen].slice(0, 8).map(([text, createdAt]) => (
          <option key={text} value={text}>
            {`${agoText(Date.parse(createdAt), Date.now())}: ${shortened(paramsText(JSON.parse(text)))}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function shortened(text: string): string {
  return text.length > TOLD ? `${text.slice(0, TOLD)}…` : text;
}
