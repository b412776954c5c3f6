import type { Issue } from "@millrace/contract";
import { useId, useRef } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { FieldInput } from "./field-input.tsx";
import { issuesAt, issueText } from "./field-issues.ts";
import { blankOf, emptyOf, type Field } from "./params-schema.ts";

/** A list of single values: one line each. */
export function ListField({
  field,
  value,
  onChange,
  issues,
}: {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly issues: readonly Issue[];
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { item, name } = field;
  if (item === null) return null;
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const take = (next: readonly unknown[]): void => {
    const isGone = next.length === 0 && !field.isNeeded && field.schema.default === undefined;
    onChange(isGone ? emptyOf(field) : next);
  };
  const remove = (place: number): void => {
    // Its own button may go with it: who came by keyboard stays in the form.
    list.current?.querySelector<HTMLElement>("[data-add]")?.focus();
    take(items.toSpliced(place, 1));
  };
  return (
    <div ref={list} className="flex flex-col gap-1.5">
      {items.map((each, place) => {
        const wrong = issuesAt(issues, place);
        return (
          // A line has nothing but its place: two of them may hold the same.
          // biome-ignore lint/suspicious/noArrayIndexKey: what a line shows is its value, which is not kept in it
          <div key={place}>
            <div className="flex items-center gap-1">
              <FieldInput
                id={`${id}-${place}`}
                field={item}
                value={each}
                onChange={(next) => take(items.with(place, next ?? blankOf(item)))}
                label={`${name} ${place + 1}`}
                isWrong={wrong.length > 0}
                describedBy={wrong.length > 0 ? `${id}-${place}-wrong` : undefined}
              />
              <IconButton icon="cross" label={`Remove ${name} ${place + 1}`} onClick={() => remove(place)} />
            </div>
            {wrong.length === 0 ? null : (
              <p id={`${id}-${place}-wrong`} data-wrong className="mt-1 text-2xs font-medium text-failed">
                {wrong.map(issueText).join("; ")}
              </p>
            )}
          </div>
        );
      })}
      <div>
        <Button
          kind="quiet"
          icon="plus"
          data-add=""
          aria-label={`Add to ${name}`}
          className="-ml-2.5"
          onClick={() => take([...items, blankOf(item)])}
        >
          Add
        </Button>
      </div>
    </div>
  );
}
