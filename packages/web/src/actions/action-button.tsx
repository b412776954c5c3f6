import { Button } from "../ui/button.tsx";
import type { Action } from "./registry.ts";

/** An action of the page as a button. */
export function ActionButton({ action }: { readonly action: Action }) {
  const { title, short, icon, kind, refused, keys, run } = action;
  return (
    <Button
      kind={kind ?? "plain"}
      icon={icon}
      refused={refused}
      title={keys === undefined ? title : `${title} (${keys})`}
      onClick={run}
    >
      {short ?? title}
    </Button>
  );
}
