import { useId, useState } from "react";
import type { Values } from "./params-schema.ts";

/** The same values as JSON: each side follows the other. */
export function JsonParams({
  values,
  onChange,
}: {
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}) {
  const id = useId();
  // What is typed stands as long as no field changes the values that it was typed over.
  const [draft, setDraft] = useState<{ readonly text: string; readonly values: Values }>();
  const isOurs = draft !== undefined && draft.values === values;
  const text = isOurs ? draft.text : JSON.stringify(values, undefined, 2);
  const isBroken = isOurs && parse(draft.text) === undefined;
  const take = (typed: string): void => {
    const parsed = parse(typed);
    setDraft({ text: typed, values: parsed ?? values });
    if (parsed !== undefined) onChange(parsed);
  };
  return (
    <div className="flex flex-col">
      <label htmlFor={id} className="mb-1 font-medium">
        As JSON
      </label>
      <textarea
        id={id}
        spellCheck={false}
        value={text}
        aria-invalid={isBroken}
        data-broken={isBroken || undefined}
        onChange={({ target }) => take(target.value)}
        // What was typed is as good as what the form would write, until it is left.
        onBlur={() => !isBroken && setDraft(undefined)}
        rows={Math.min(14, Math.max(6, text.split("\n").length + 1))}
        className="w-full resize-y rounded-md border border-line-strong bg-sunken p-2.5 font-mono text-xs"
      />
      {isBroken ? <p className="mt-1 text-2xs text-failed">This is not a JSON object yet.</p> : null}
    </div>
  );
}

function parse(text: string): Values | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}
