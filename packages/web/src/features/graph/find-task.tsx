import { type KeyboardEvent, type RefObject, useId, useMemo, useState } from "react";
import type { FlowNode } from "../../api/shapes.ts";
import { rank } from "../../app/rank.ts";
import { Icon } from "../../ui/icon.tsx";

const MOST = 10;

/** Finds a task by a part of its name. */
export function FindTask({
  field,
  nodes,
  onFind,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly nodes: readonly FlowNode[];
  readonly onFind: (id: string) => void;
}) {
  const [query, setQuery] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [place, setPlace] = useState(0);
  const list = useId();
  const all = useMemo(() => nodes.map(({ id }) => ({ title: id })), [nodes]);
  const found = useMemo(() => (query.trim() === "" ? [] : rank(query, all)), [query, all]);
  const shown = isOpen ? found.slice(0, MOST) : [];
  const at = Math.min(place, Math.max(0, shown.length - 1));
  const choose = (id: string | undefined): void => {
    if (id === undefined) return;
    setIsOpen(false);
    onFind(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setIsOpen(true);
      if (isOpen) setPlace((at + step + shown.length) % Math.max(1, shown.length));
    }
    if (event.key === "Enter") choose((shown[at] ?? found[0])?.title);
    if (event.key === "Escape") {
      setQuery("");
      field.current?.blur();
    }
  };
  return (
    <div className="relative">
      <label className="flex h-7 w-52 items-center gap-1.5 rounded-md border border-line px-2 focus-within:border-accent max-sm:h-11 max-sm:w-36">
        <Icon name="search" size={13} className="text-ink-3" />
        <span className="sr-only">Find a task</span>
        <input
          ref={field}
          value={query}
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={list}
          aria-activedescendant={shown.length > 0 ? `${list}-${at}` : undefined}
          placeholder="Find a task"
          title="Find a task (/)"
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            setQuery(target.value);
            setPlace(0);
            setIsOpen(true);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setIsOpen(false)}
          className="w-full min-w-0 bg-transparent outline-none placeholder:text-ink-3"
        />
        {query.trim() === "" ? null : <span className="shrink-0 text-2xs text-ink-3">{found.length}</span>}
      </label>
      <Found list={list} shown={shown.map(({ title }) => title)} at={at} onChoose={choose} />
    </div>
  );
}

interface FoundProps {
  readonly list: string;
  readonly shown: readonly string[];
  /** The one that Enter takes. */
  readonly at: number;
  readonly onChoose: (id: string) => void;
}

function Found({ list, shown, at, onChoose }: FoundProps) {
  return (
    <div
      id={list}
      role="listbox"
      aria-label="Tasks found"
      hidden={shown.length === 0}
      className="absolute top-8 left-0 z-20 max-h-72 w-80 max-w-[80vw] overflow-y-auto rounded-md border border-line-strong bg-raised py-1 shadow-lg"
    >
      {shown.map((id, index) => (
        <div
          key={id}
          id={`${list}-${index}`}
          role="option"
          aria-selected={index === at}
          tabIndex={-1}
          // The field keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(id);
          }}
          className={`cursor-pointer truncate px-3 py-1 ${index === at ? "bg-accent-soft" : "hover:bg-sunken"}`}
        >
          {id}
        </div>
      ))}
    </div>
  );
}
