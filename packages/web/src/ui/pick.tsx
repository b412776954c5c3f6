import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "./button.tsx";

/** Rows that are chosen, of a list that may grow and shrink meanwhile. */
export interface Picks {
  /** Only what is in the list now, in its order. */
  readonly ids: readonly string[];
  readonly isAll: boolean;
  has(id: string): boolean;
  /** With `range`, everything from the last one that was chosen. */
  toggle(id: string, range: boolean): void;
  toggleAll(): void;
  clear(): void;
}

/** @param all what can be chosen, in the order in which it stands. */
export function usePicks(all: readonly string[]): Picks {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string>(undefined);
  const ids = all.filter((id) => picked.has(id));
  return {
    ids,
    isAll: all.length > 0 && ids.length === all.length,
    has: (id) => picked.has(id),
    toggle(id, range) {
      const [from, to] = [all.indexOf(anchor.current ?? id), all.indexOf(id)];
      anchor.current = id;
      setPicked((old) => {
        const next = new Set(old);
        if (range && from !== -1)
          for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one);
        else if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    toggleAll: () => setPicked(ids.length === all.length ? new Set() : new Set(all)),
    clear: () => setPicked(new Set()),
  };
}

/** On a phone its surroundings can be hit, too; and it stands above what makes the whole row a link there. */
const BOX =
  "relative size-4 shrink-0 accent-accent max-sm:z-10 max-sm:size-5 max-sm:after:absolute max-sm:after:-inset-3 max-sm:after:content-['']";

/** Chooses a row. Shift takes all from the last one; the arrows go to the next, and with shift take it along. */
export function PickBox({
  picks,
  id,
  label,
  onStep,
}: {
  readonly picks: Picks;
  readonly id: string;
  readonly label: string;
  /** Goes to another row, and gives its id. */
  readonly onStep: (step: 1 | -1) => string | undefined;
}) {
  const withShift = useRef(false);
  const onKey = (event: KeyboardEvent): void => {
    withShift.current = event.shiftKey;
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (event.shiftKey && !picks.has(id)) picks.toggle(id, false);
    const next = onStep(event.key === "ArrowDown" ? 1 : -1);
    if (event.shiftKey && next !== undefined && !picks.has(next)) picks.toggle(next, false);
  };
  return (
    <input
      type="checkbox"
      aria-label={label}
      data-pick={id}
      checked={picks.has(id)}
      onMouseDown={(event) => {
        withShift.current = event.shiftKey;
        // The text between two rows is not what is meant.
        if (event.shiftKey) event.preventDefault();
      }}
      onKeyDown={onKey}
      onChange={() => picks.toggle(id, withShift.current)}
      className={BOX}
    />
  );
}

/** Chooses all rows, or none. */
export function PickAll({ picks, label }: { readonly picks: Picks; readonly label: string }) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={picks.isAll}
      ref={(box) => {
        if (box !== null) box.indeterminate = picks.ids.length > 0 && !picks.isAll;
      }}
      onChange={() => picks.toggleAll()}
      className={BOX}
    />
  );
}

/** What can be done about the rows that are chosen. */
export function PickedBar({
  picks,
  what,
  children,
}: {
  readonly picks: Picks;
  readonly what: string;
  readonly children: ReactNode;
}) {
  if (picks.ids.length === 0) return null;
  return (
    <div
      role="toolbar"
      aria-label="Chosen rows"
      className="mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-accent-soft px-3 py-1.5"
    >
      <span className="mr-1 font-medium" aria-live="polite">
        {picks.ids.length} {what}
        {picks.ids.length === 1 ? "" : "s"} chosen
      </span>
      {children}
      <Button kind="quiet" className="ml-auto" onClick={() => picks.clear()}>
        Choose none
      </Button>
    </div>
  );
}
