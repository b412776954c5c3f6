import { useLayoutEffect, useRef } from "react";
import type { IconName } from "../ui/icon.tsx";

/** Something that can be done. Buttons, the palette and shortcuts all are made from these. */
export interface Action {
  /** The same for as long as it means the same. */
  readonly id: string;
  /** A verb and what it is done to: `Cancel this run`. */
  readonly title: string;
  /** Shorter, for a button that stands beside what it is done to. */
  readonly short?: string;
  readonly icon: IconName;
  /** Keys that are pressed one after another: `r`, `g f`. */
  readonly keys?: string;
  readonly kind?: "primary" | "plain" | "danger";
  /** Why it cannot be done now. It is shown all the same, with the reason. */
  readonly refused?: string | undefined;
  readonly run: () => void;
}

const known = new Map<string, Action>();

/** All that can be done where one is, what belongs to the page first. */
export function actionsNow(): readonly Action[] {
  return [...known.values()].reverse();
}

/** Makes actions known for as long as the part of the page that they belong to is shown. */
export function useActions(actions: readonly Action[]): void {
  const own = useRef<readonly Action[]>([]);
  useLayoutEffect(() => {
    for (const { id } of own.current) known.delete(id);
    for (const action of actions) known.set(action.id, action);
    own.current = actions;
  });
  useLayoutEffect(
    () => () => {
      for (const { id } of own.current) known.delete(id);
    },
    [],
  );
}
