import { useState } from "react";
import { Button } from "./button.tsx";

/** How long it says that it did, in milliseconds. */
const SAID_MS = 1_500;

/** Puts a text where it can be pasted. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), SAID_MS);
    } catch {
      // A browser that does not allow it leaves the text there to be selected.
    }
  };
  return (
    <Button kind="quiet" icon={isDone ? "check" : "copy"} aria-label={label} onClick={() => void copy()}>
      {isDone ? "Copied" : "Copy"}
    </Button>
  );
}
