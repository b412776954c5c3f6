interface Choice<Value extends string> {
  readonly value: Value;
  readonly text: string;
  readonly note: string | null;
}

/** One of a few, each with a line of its own. */
export function Choices<Value extends string>({
  name,
  label,
  choices,
  chosen,
  onChoose,
}: {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}) {
  return (
    <div role="radiogroup" aria-label={label} className="py-1">
      {choices.map(({ value, text, note }) => (
        <label
          key={value}
          className="flex min-h-8 cursor-pointer items-center gap-2.5 px-3 hover:bg-sunken max-sm:min-h-11"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 break-words">{text}</span>
          {note === null ? null : <span className="ml-auto shrink-0 text-ink-2 max-sm:hidden">{note}</span>}
        </label>
      ))}
    </div>
  );
}
