import { useState } from "react";
import { emptyOf, type Field, type FieldKind, parseField, textOf } from "./params-schema.ts";

export const INPUT =
  "h-8 w-full min-w-0 scroll-my-12 rounded-md border placeholder:text-ink-3 border-line-strong bg-raised px-2 outline-offset-0 focus-visible:outline-2 aria-invalid:border-failed max-sm:h-11";

const TYPES: Partial<Readonly<Record<FieldKind, string>>> = {
  number: "number",
  whole: "number",
  day: "date",
  instant: "datetime-local",
};

interface Props {
  readonly id: string;
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** What it is called, where no label stands at it. */
  readonly label?: string | undefined;
  readonly isWrong: boolean;
  /** Ids of what is said of it. */
  readonly describedBy?: string | undefined;
}

/** Where one value is put in that has no parts with fields of their own. */
export function FieldInput(props: Props) {
  if (props.field.kind === "choice") return <ChoiceInput {...props} />;
  if (props.field.kind === "json") return <JsonInput {...props} />;
  const { id, field, value, onChange, label, isWrong, describedBy } = props;
  const { kind, schema, isNeeded } = field;
  const isNumber = kind === "number" || kind === "whole";
  return (
    <input
      id={id}
      type={TYPES[kind] ?? "text"}
      step={kind === "whole" ? (schema.multipleOf ?? 1) : isNumber ? (schema.multipleOf ?? "any") : undefined}
      min={schema.minimum ?? schema.exclusiveMinimum}
      max={schema.maximum ?? schema.exclusiveMaximum}
      minLength={schema.minLength}
      maxLength={schema.maxLength}
      required={isNeeded && !field.isNullable}
      aria-label={label}
      aria-invalid={isWrong}
      aria-describedby={describedBy}
      placeholder={textOf(kind, schema.default)}
      value={textOf(kind, value)}
      onChange={({ target }) => onChange(parseField(kind, target.value) ?? emptyOf(field))}
      className={INPUT}
    />
  );
}

function ChoiceInput({ id, field, value, onChange, label, isWrong, describedBy }: Props) {
  const { schema, isNeeded, isNullable } = field;
  const choices = schema.enum ?? [];
  const isChosen = choices.some((choice) => JSON.stringify(choice) === JSON.stringify(value));
  const mayBeEmpty = isNullable || (!isNeeded && schema.default === undefined) || !isChosen;
  return (
    <select
      id={id}
      aria-label={label}
      aria-invalid={isWrong}
      aria-describedby={describedBy}
      value={isChosen ? JSON.stringify(value) : ""}
      onChange={({ target }) => onChange(target.value === "" ? emptyOf(field) : JSON.parse(target.value))}
      className={INPUT}
    >
      {mayBeEmpty ? <option value="">{emptyText(field)}</option> : null}
      {choices.map((choice) => (
        <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
          {typeof choice === "boolean" ? (choice ? "yes" : "no") : String(choice)}
        </option>
      ))}
    </select>
  );
}

function emptyText({ schema, isNeeded, isNullable }: Field): string {
  if (isNullable) return "–";
  if (schema.default !== undefined) return `– (${String(schema.default as string | number)})`;
  return isNeeded ? "Choose…" : "–";
}

function JsonInput({ id, field, value, onChange, label, isWrong, describedBy }: Props) {
  // What is typed stands as long as nobody else changes the value that it was typed over.
  const [draft, setDraft] = useState<{ readonly text: string; readonly value: unknown; readonly isWhole: boolean }>();
  const isOurs = draft !== undefined && Object.is(draft.value, value);
  const text = isOurs ? draft.text : textOf("json", value);
  const isBroken = isOurs && !draft.isWhole;
  const take = (typed: string): void => {
    try {
      const parsed = parseField("json", typed);
      setDraft({ text: typed, value: parsed, isWhole: true });
      onChange(parsed);
    } catch {
      setDraft({ text: typed, value, isWhole: false });
    }
  };
  return (
    <>
      <textarea
        id={id}
        rows={Math.min(6, text.split("\n").length)}
        spellCheck={false}
        required={field.isNeeded}
        aria-label={label}
        aria-invalid={isBroken || isWrong}
        aria-describedby={describedBy}
        data-broken={isBroken || undefined}
        value={text}
        onChange={({ target }) => take(target.value)}
        className={`${INPUT} block h-auto! min-h-8 resize-y py-1.5 font-mono text-xs`}
      />
      {isBroken ? <p className="mt-1 text-2xs text-failed">This is not JSON yet.</p> : null}
    </>
  );
}
