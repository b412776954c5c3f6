// What a row of the scoreboard is. A row is a module `test/scoreboard/rows/<id>.ts` that exports it as `row`.

export type StoreName = "memory" | "sqlite" | "postgres";

export interface ScoreboardRow {
  /** As in the scoreboard's table: `R7`. The module's name is the same in lower case with two digits: `r07.ts`. */
  readonly id: string;
  /** What is done to the system. */
  readonly title: string;
  /** The figure to reach, in words. */
  readonly goal: string;
  /** The stores it runs on, one after the other, each in a process of its own. */
  readonly stores: readonly StoreName[];
  /** After how long the row has failed, in minutes. Defaults to 2, and to 60 with `--full`. */
  readonly limitMinutes?: { readonly sized: number; readonly full: number };
  run(at: RowSetting): Promise<RowResult>;
}

export interface RowSetting {
  readonly store: StoreName;
  /** The size of the goal; else one that takes about 15 seconds. */
  readonly full: boolean;
  /** The source of all chance in the row, so that the same seed does the same again. */
  readonly seed: number;
  /** A line for whoever watches. */
  readonly log: (line: string) => void;
  /** The address of an empty database, another one at each call, on a PostgreSQL that runs as long as the scoreboard does. */
  readonly postgresUrl: () => Promise<string>;
}

export interface RowResult {
  /** One line of figures, with their units. */
  readonly figure: string;
  readonly reached: boolean;
  /** The figures again, for programs. */
  readonly details?: Readonly<Record<string, number>>;
}
