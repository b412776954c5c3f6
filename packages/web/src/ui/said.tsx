import { useEffect, useSyncExternalStore } from "react";
import { Icon } from "./icon.tsx";

interface Saying {
  readonly text: string;
}

/** For as long as it takes to read a sentence or two, in milliseconds. */
const READ_MS = 6_000;

let current: Saying | undefined;
const listeners = new Set<() => void>();

function change(next: Saying | undefined): void {
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Answers what somebody did in one line that goes away by itself: that it was not done, and why. */
export function say(text: string): void {
  change({ text });
}

/** Where that line stands: over the page and its dialogs. */
export function Said() {
  const saying = useSyncExternalStore(subscribe, () => current);
  useEffect(() => {
    if (saying === undefined) return;
    const timer = setTimeout(() => change(undefined), READ_MS);
    return () => clearTimeout(timer);
  }, [saying]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-4 z-60 flex justify-center max-sm:bottom-32"
    >
      {saying === undefined ? null : (
        <p className="flex max-w-xl items-start gap-2 rounded-md border border-line-strong bg-raised px-3 py-2 shadow-lg">
          <Icon name="blocked" className="mt-0.5 text-blocked" />
          {saying.text}
        </p>
      )}
    </div>
  );
}
