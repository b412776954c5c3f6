import { Dialog } from "@base-ui/react/dialog";
import { useState } from "react";
import { actionsOf } from "../actions/registry.ts";
import { IconButton } from "../ui/button.tsx";
import { MODIFIER } from "./modifier.ts";

interface Shortcut {
  readonly id: string;
  readonly title: string;
  readonly keys: string;
  readonly refused?: string | undefined;
}

/** What can be pressed where one is. Each of these is a button or an entry of the palette too. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  // As it was when it was asked for: the dialog itself has no shortcuts.
  const [{ here, everywhere }] = useState(() => ({
    here: withKeys("page"),
    everywhere: [
      { id: "palette", title: "Find flows, runs and actions", keys: `${MODIFIER}+K` },
      ...withKeys("everywhere"),
    ],
  }));
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(44rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title>Keys</Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <div className="grid gap-x-8 gap-y-5 p-4 sm:grid-cols-2">
            <Shortcuts title="On this page" all={here} />
            <Shortcuts title="Everywhere" all={everywhere} />
          </div>
          <p className="border-t border-line px-4 py-2.5 text-ink-2">
            Keys that stand side by side are pressed one after another. What has no keys is in the palette.
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function withKeys(place: "page" | "everywhere"): readonly Shortcut[] {
  return actionsOf(place).flatMap(({ id, title, keys, refused }) =>
    keys === undefined ? [] : [{ id, title, keys, refused }],
  );
}

function Shortcuts({ title, all }: { readonly title: string; readonly all: readonly Shortcut[] }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-1.5">{title}</h2>
      {all.length === 0 ? <p className="text-ink-2">Nothing here has keys of its own.</p> : null}
      <ul>
        {all.map(({ id, title: does, keys, refused }) => (
          <li key={id} className="flex min-h-7 items-center gap-3">
            <span className="min-w-0 flex-1 break-words">
              {does}
              {refused === undefined ? null : <span className="block text-2xs text-ink-2">{refused}</span>}
            </span>
            <span className="flex shrink-0 gap-1">
              {keys.split(" ").map((key, place) => (
                // Two presses of one key differ in nothing but their place.
                // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
                <Key key={place} name={key} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Key({ name }: { readonly name: string }) {
  return (
    <kbd className="min-w-5 rounded-sm border border-line-strong px-1 text-center font-sans text-2xs leading-4 text-ink-2">
      {name}
    </kbd>
  );
}
