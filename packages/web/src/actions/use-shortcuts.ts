import { useLayoutEffect } from "react";
import { say } from "../ui/said.tsx";
import { actionsNow } from "./registry.ts";

/** Between two keys of one shortcut, in milliseconds. */
const PATIENCE_MS = 900;

/** Runs the action whose keys are pressed, or says why it cannot be done. Nobody who types into a field means a shortcut. */
export function useShortcuts(openPalette: () => void): void {
  // Before the page is seen: who knows it types ahead.
  useLayoutEffect(() => {
    let typed = "";
    let lastMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      typed = typed === "" || event.timeStamp - lastMs > PATIENCE_MS ? event.key : `${typed} ${event.key}`;
      lastMs = event.timeStamp;
      const actions = actionsNow();
      const found = actions.find(({ keys }) => keys === typed);
      if (found === undefined) {
        if (!actions.some(({ keys }) => keys?.startsWith(`${typed} `))) typed = "";
        return;
      }
      typed = "";
      event.preventDefault();
      if (found.refused === undefined) found.run();
      else say(found.refused);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [openPalette]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A dialog has keys of its own.
  return target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;
}
