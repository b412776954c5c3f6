import type { Issue } from "@millrace/contract";
import { type ReactNode, useId } from "react";
import { FieldInput } from "./field-input.tsx";
import { issuesAt, issueText } from "./field-issues.ts";
import { ListField } from "./list-field.tsx";
import { emptyOf, type Field, type Values, withValue } from "./params-schema.ts";
import { rangeText } from "./range-text.ts";

interface Props {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** What is wrong with it, with paths from it. */
  readonly issues?: readonly Issue[];
}

const NONE: readonly Issue[] = [];

/** One parameter: its name, what it is, a field that fits, and what is wrong with it. */
export function ParamField({ field, value, onChange, issues = NONE }: Props) {
  const id = useId();
  const { schema, kind } = field;
  if (kind === "group") return <GroupField field={field} value={value} onChange={onChange} issues={issues} />;
  if (kind === "list") {
    return (
      <Fieldset field={field} issues={issues.filter(({ path }) => path.length === 0)}>
        <ListField field={field} value={value} onChange={onChange} issues={issues} />
      </Fieldset>
    );
  }
  const isWrong = issues.length > 0;
  const describedBy = [schema.description === undefined ? "" : `${id}-is`, isWrong ? `${id}-wrong` : ""];
  const said = describedBy.filter((each) => each !== "").join(" ") || undefined;
  return (
    <div>
      <div className="mb-1 flex items-baseline gap-2">
        <label htmlFor={id} className="font-medium">
          {schema.title ?? field.name}
        </label>
        <Marks field={field} />
      </div>
      {kind === "flag" ? (
        <label className="flex min-h-8 items-center gap-2">
          <input
            id={id}
            type="checkbox"
            checked={value === true}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? `${id}-wrong` : undefined}
            onChange={({ target }) => onChange(target.checked)}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="text-ink-2">{schema.description ?? "yes"}</span>
        </label>
      ) : (
        <>
          <FieldInput id={id} field={field} value={value} onChange={onChange} isWrong={isWrong} describedBy={said} />
          <Description id={`${id}-is`} text={schema.description} />
        </>
      )}
      <Wrong id={`${id}-wrong`} issues={issues} isMissing={field.isNeeded && value === undefined} />
    </div>
  );
}

/** The parts of an object, each with its own field. */
function GroupField({ field, value, onChange, issues = NONE }: Props) {
  const values = typeof value === "object" && value !== null ? (value as Values) : {};
  const take = (name: string, part: unknown): void => {
    const next = withValue(values, name, part);
    onChange(Object.keys(next).length === 0 && !field.isNeeded ? emptyOf(field) : next);
  };
  const known = new Set(field.fields.map(({ name }) => name));
  return (
    <Fieldset field={field} issues={issues.filter(({ path: [first] }) => !known.has(String(first)))}>
      <div className="flex flex-col gap-3">
        {field.fields.map((part) => (
          <ParamField
            key={part.name}
            field={part}
            value={values[part.name]}
            onChange={(next) => take(part.name, next)}
            issues={issuesAt(issues, part.name)}
          />
        ))}
      </div>
    </Fieldset>
  );
}

function Fieldset({
  field,
  issues,
  children,
}: {
  readonly field: Field;
  readonly issues: readonly Issue[];
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <fieldset className="min-w-0" aria-describedby={issues.length === 0 ? undefined : id}>
      <legend className="mb-1 flex w-full items-baseline gap-2">
        <span className="font-medium">{field.schema.title ?? field.name}</span>
        <Marks field={field} />
      </legend>
      {field.schema.description === undefined ? null : (
        <p className="mb-1.5 text-2xs text-ink-2">{field.schema.description}</p>
      )}
      <div className="border-l-2 border-line pl-3">{children}</div>
      <Wrong id={id} issues={issues} isMissing={false} />
    </fieldset>
  );
}

function Marks({ field }: { readonly field: Field }) {
  return (
    <>
      {field.isNeeded && field.kind !== "flag" ? <span className="text-2xs text-ink-3">needed</span> : null}
      <span className="ml-auto text-2xs text-ink-3">{rangeText(field)}</span>
    </>
  );
}

function Description({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p id={id} className="mt-1 text-2xs text-ink-2">
      {text}
    </p>
  );
}

function Wrong({
  id,
  issues,
  isMissing,
}: {
  readonly id: string;
  readonly issues: readonly Issue[];
  readonly isMissing: boolean;
}) {
  if (issues.length === 0) return null;
  return (
    <p id={id} data-wrong className="mt-1 text-2xs font-medium whitespace-pre-line text-failed">
      {isMissing ? "A value is needed." : issues.map(issueText).join("\n")}
    </p>
  );
}
