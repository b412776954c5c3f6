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

/** Whether something can be done because of the page that is shown, or on each of them. */
export type ActionPlace = "page" | "everywhere";

interface Group {
  readonly place: ActionPlace;
  actions: readonly Action[];
}

const groups = new Set<Group>();

/** All that can be done where one is: what belongs to the page first, and of that what was shown last. */
export function actionsNow(): readonly Action[] {
  return [...actionsOf("page"), ...actionsOf("everywhere")];
}

/** What can be done of one kind; two parts of a page that know the same action are one. */
export function actionsOf(place: ActionPlace): readonly Action[] {
  const shown = [...groups].filter((group) => group.place === place).reverse();
  return [...new Map(shown.flatMap(({ actions }) => actions).map((action) => [action.id, action])).values()];
}

/** Makes actions known for as long as the part of the page that they belong to is shown. */
export function useActions(actions: readonly Action[], place: ActionPlace = "page"): void {
  const group = useRef<Group>({ place, actions });
  useLayoutEffect(() => {
    group.current.actions = actions;
  });
  useLayoutEffect(() => {
    const own = group.current;
    groups.add(own);
    return () => {
      groups.delete(own);
    };
  }, []);
}
