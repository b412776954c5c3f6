import type { StoreName } from "../../test/scoreboard/row.ts";

/** The outcome of one row on one store. */
export interface Entry {
  readonly id: string;
  readonly store: StoreName;
  readonly title: string;
  readonly figure: string;
  readonly goal: string;
  readonly reached: boolean;
  readonly seed: number;
  /** Whether it was as large as its goal says. */
  readonly full: boolean;
  readonly seconds: number;
  /** Does the same again. */
  readonly replay: string;
  readonly date: string;
  readonly commit: string;
  readonly details?: Readonly<Record<string, number>>;
}

export interface Scoreboard {
  readonly machine: { readonly cores: number; readonly processor: string; readonly node: string };
  readonly rows: readonly Entry[];
}
