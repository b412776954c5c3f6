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
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? JSON.stringify(values, undefined, 2);
  const take = (typed: string): void => {
    const parsed = parse(typed);
    setDraft(typed);
    if (parsed !== undefined) onChange(parsed);
  };
  const isWrong = draft !== null && parse(draft) === undefined;
  return (
    <div className="flex flex-1 flex-col">
      <label htmlFor={id} className="mb-1 font-medium">
        As JSON
      </label>
      <textarea
        id={id}
        spellCheck={false}
        value={text}
        aria-invalid={isWrong}
        onChange={({ target }) => take(target.value)}
        // What was typed is as good as what the form would write, until it is left.
        onBlur={() => !isWrong && setDraft(null)}
        rows={Math.min(14, Math.max(6, text.split("\n").length + 1))}
        className="w-full flex-1 resize-y rounded-md border border-line-strong bg-sunken p-2.5 font-mono text-xs"
      />
      {isWrong ? <p className="mt-1 text-2xs text-failed">This is not a JSON object yet.</p> : null}
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
