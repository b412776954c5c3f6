import { useSyncExternalStore } from "react";

/** Where Tailwind's `sm` begins: below it a page is read on a phone. */
const NARROW = "(width < 40rem)";

/** Whether there is room for little more than a column. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(listen, () => matchMedia(NARROW).matches);
}

function listen(onChange: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}
