import { type KeyboardEvent, type Ref, useEffect, useRef, useState } from "react";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";

/** Between the last letter and the search, in milliseconds. */
const PAUSE_MS = 150;

interface Props {
  readonly query: string;
  /** How many there are, where something is searched for. */
  readonly says: string | undefined;
  readonly onQuery: (query: string) => void;
  /** Goes to the next place of what is typed, whether the address has it already or not. */
  readonly onStep: (isBack: boolean, query: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}

/** What is searched for. The address has it a moment after the last letter. */
export function SearchField({ query, says, onQuery, onStep, ref }: Props) {
  const { text, type, send } = useTyped(query, onQuery);
  const onKeyDown = ({ key, shiftKey, currentTarget }: KeyboardEvent<HTMLInputElement>): void => {
    if (key === "Enter") {
      send(text);
      onStep(shiftKey, text);
    }
    if (key === "Escape") {
      if (text === "") currentTarget.blur();
      else type("");
    }
  };
  return (
    <div
      className={`flex flex-1 items-center gap-1 max-sm:min-w-full sm:max-w-md ${says === undefined ? "min-w-36" : "min-w-80"}`}
    >
      <label className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent max-sm:h-11">
        <Icon name="search" size={14} className="text-ink-3" />
        <span className="sr-only">Search the log</span>
        <input
          ref={ref}
          value={text}
          placeholder="Search the log"
          title="Search the log (/)"
          onChange={({ target }) => type(target.value)}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
        />
        <span role="status" className="shrink-0 text-2xs text-ink-2">
          {says}
        </span>
      </label>
      {says === undefined ? null : (
        <>
          <IconButton
            icon="chevron"
            label="Previous (Shift Enter)"
            className="-rotate-90"
            onClick={() => onStep(true, text)}
          />
          <IconButton icon="chevron" label="Next (Enter)" className="rotate-90" onClick={() => onStep(false, text)} />
        </>
      )}
    </div>
  );
}

/**
 * What is typed, and told after a pause. The address comes after, step by step: until it has all that was typed, nothing
 * that it says takes a letter away.
 */
function useTyped(query: string, onQuery: (query: string) => void) {
  const [text, setText] = useState(query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Typed, and not in the address yet. */
  const ahead = useRef<string | undefined>(undefined);
  const told = useRef(query);
  useEffect(() => {
    if (ahead.current === query && told.current === query) ahead.current = undefined;
    if (ahead.current !== undefined || told.current === query) return;
    told.current = query;
    setText(query);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string): void => {
    clearTimeout(timer.current);
    if (next === told.current) return;
    told.current = next;
    onQuery(next);
  };
  const type = (next: string): void => {
    setText(next);
    ahead.current = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), PAUSE_MS);
  };
  return { text, type, send };
}
