import { useId, useState } from "react";
import { type Field, parseField, textOf } from "./params-schema.ts";

const INPUT =
  "h-8 w-full rounded-md border border-line-strong bg-raised px-2 outline-offset-0 focus-visible:outline-2 max-sm:h-10";

/** One parameter: its name, what it is, and a field that fits. */
export function ParamField({
  field,
  value,
  onChange,
}: {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const id = useId();
  const { name, schema, kind, isNeeded } = field;
  return (
    <div>
      <div className="mb-1 flex items-baseline gap-2">
        <label htmlFor={id} className="font-medium">
          {schema.title ?? name}
        </label>
        {isNeeded ? <span className="text-2xs text-failed">needed</span> : null}
        <span className="ml-auto text-2xs text-ink-3">{rangeText(field)}</span>
      </div>
      {kind === "flag" ? (
        <label className="flex h-8 items-center gap-2">
          <input
            id={id}
            type="checkbox"
            checked={value === true}
            onChange={({ target }) => onChange(target.checked)}
            className="size-4 accent-accent"
          />
          <span className="text-ink-2">{schema.description ?? "yes"}</span>
        </label>
      ) : (
        <>
          <Input id={id} field={field} value={value} onChange={onChange} />
          {schema.description === undefined ? null : <p className="mt-1 text-2xs text-ink-2">{schema.description}</p>}
        </>
      )}
    </div>
  );
}

function rangeText({ schema: { minimum, maximum, format, type }, kind }: Field): string {
  const most = Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined && maximum !== undefined && Math.abs(maximum) < most && Math.abs(minimum) < most) {
    return `${minimum} to ${maximum}`;
  }
  if (minimum !== undefined && Math.abs(minimum) < most) return `at least ${minimum}`;
  if (maximum !== undefined && Math.abs(maximum) < most) return `at most ${maximum}`;
  if (kind === "json") return `JSON${typeof type === "string" ? `, ${type}` : ""}`;
  return format ?? "";
}

function Input({
  id,
  field,
  value,
  onChange,
}: {
  readonly id: string;
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const { kind, schema, isNeeded } = field;
  const [draft, setDraft] = useState<string | null>(null);
  const take = (text: string): void => {
    try {
      onChange(parseField(kind, text));
      setDraft(null);
    } catch {
      // JSON that is not whole yet stays as it is typed.
      setDraft(text);
    }
  };
  if (kind === "choice") {
    return (
      <select
        id={id}
        value={JSON.stringify(value) ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? undefined : JSON.parse(target.value))}
        className={INPUT}
      >
        {isNeeded || schema.default !== undefined ? null : <option value="">–</option>}
        {schema.enum?.map((choice) => (
          <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
            {String(choice)}
          </option>
        ))}
      </select>
    );
  }
  const isNumber = kind === "number" || kind === "whole";
  return (
    <>
      <input
        id={id}
        type={isNumber ? "number" : kind === "day" ? "date" : "text"}
        step={kind === "whole" ? 1 : isNumber ? "any" : undefined}
        min={schema.minimum}
        max={schema.maximum}
        minLength={schema.minLength}
        maxLength={schema.maxLength}
        required={isNeeded}
        aria-invalid={draft !== null}
        value={draft ?? textOf(kind, value)}
        onChange={({ target }) => take(target.value)}
        className={`${INPUT} ${kind === "json" ? "font-mono text-xs" : ""}`}
      />
      {draft === null ? null : <p className="mt-1 text-2xs text-failed">This is not JSON yet.</p>}
    </>
  );
}
