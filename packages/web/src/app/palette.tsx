import { Dialog } from "@base-ui/react/dialog";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { say } from "../ui/said.tsx";
import { useChoices } from "./palette-choices.ts";
import type { Choice } from "./palette-entries.ts";

/** All that has a name, and all that can be done here, by a few letters of it. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(0);
  const list = useId();
  const choices = useChoices(query);
  const at = Math.min(place, Math.max(0, choices.length - 1));
  const choose = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    if (choice.refused !== undefined) {
      say(choice.refused);
      return;
    }
    onClose();
    choice.choose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setPlace((at + step + choices.length) % Math.max(1, choices.length));
    }
    if (event.key === "Enter") choose(choices[at]);
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <Dialog.Title className="sr-only">Search flows, runs and actions</Dialog.Title>
          <label className="flex h-12 shrink-0 items-center gap-2.5 border-b border-line px-4">
            <Icon name="search" className="text-ink-3" />
            <span className="sr-only">Search</span>
            <input
              // The palette is opened to type into it.
              // biome-ignore lint/a11y/noAutofocus: nothing else of it is of use first
              autoFocus
              role="combobox"
              aria-expanded="true"
              aria-controls={list}
              aria-activedescendant={choices[at] === undefined ? undefined : `${list}-${at}`}
              value={query}
              onChange={({ target }) => {
                setQuery(target.value);
                setPlace(0);
              }}
              onKeyDown={onKeyDown}
              placeholder="Flows, runs, tasks, actions…"
              className="h-full min-w-0 flex-1 bg-transparent text-[0.9375rem] outline-none placeholder:text-ink-3"
            />
          </label>
          <Choices list={list} choices={choices} at={at} onChoose={choose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choices({
  list,
  choices,
  at,
  onChoose,
}: {
  readonly list: string;
  readonly choices: readonly Choice[];
  readonly at: number;
  readonly onChoose: (choice: Choice) => void;
}) {
  const current = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is current
  useEffect(() => {
    // What it gives is a promise in some browsers, which an effect must not give on.
    current.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div id={list} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
      {choices.length === 0 ? <p className="px-3 py-6 text-center text-ink-2">Nothing goes by that name.</p> : null}
      {choices.map((choice, place) => (
        // Keys reach the list through the field, as those of a combobox do.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          key={choice.id}
          id={`${list}-${place}`}
          ref={place === at ? current : undefined}
          role="option"
          tabIndex={-1}
          aria-selected={place === at}
          aria-disabled={choice.refused !== undefined}
          onClick={() => onChoose(choice)}
          className={`flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 ${place === at ? "bg-accent-soft" : "hover:bg-sunken"} ${choice.refused === undefined ? "" : "opacity-60"}`}
        >
          <Icon name={choice.icon} className="text-ink-3" />
          <span className="max-w-2/3 shrink-0 truncate">{choice.title}</span>
          <span className="ml-auto min-w-0 truncate text-2xs text-ink-2" title={choice.refused}>
            {choice.refused ?? choice.note ?? choice.kind}
          </span>
          {choice.keys === undefined ? null : (
            <kbd className="rounded-sm border border-line-strong px-1 font-sans text-2xs text-ink-2">{choice.keys}</kbd>
          )}
        </div>
      ))}
    </div>
  );
}
