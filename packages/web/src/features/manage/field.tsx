import { type ReactNode, useId } from "react";

/** The look of what one types into. */
export const INPUT =
  "h-8 w-full min-w-0 rounded-md border border-line-strong bg-raised px-2 outline-offset-0 placeholder:text-ink-3 focus-visible:outline-2 disabled:opacity-60 max-sm:h-11";

/** One thing that is asked for, with its name above it and what it means below. */
export function Field({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note?: ReactNode;
  readonly children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {name}
      </label>
      {children(id)}
      {note === undefined ? null : <p className="mt-1 text-2xs text-ink-2">{note}</p>}
    </div>
  );
}

/** A line of text. */
export function TextField({
  name,
  note,
  value,
  onChange,
  ...rest
}: {
  readonly name: string;
  readonly note?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "password" | "number";
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly autoComplete?: string;
  readonly min?: number;
}) {
  return (
    <Field name={name} note={note}>
      {(id) => (
        <input
          id={id}
          value={value}
          spellCheck={false}
          autoComplete="off"
          {...rest}
          onChange={({ target }) => onChange(target.value)}
          className={INPUT}
        />
      )}
    </Field>
  );
}
