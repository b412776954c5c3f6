import { textIn, textsIn } from "../../app/search.ts";

/** What the address says of a grid. */
export interface GridSearch {
  /** The run that is selected, and after `~` the task of it. */
  readonly cell?: string | undefined;
  /** Part of a task's name. */
  readonly find?: string | undefined;
  /** Only tasks that are so in one of the runs. */
  readonly cells?: string[] | undefined;
}

export function gridIn(search: Readonly<Record<string, unknown>>): GridSearch {
  return { cell: textIn(search, "cell"), find: textIn(search, "find"), cells: textsIn(search, "cells") };
}
