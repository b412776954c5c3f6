// Made by `millrace types`: the flows, and the parameters that each of them takes.
//
//   import { connect } from "millrace/client";
//   import type { Flows } from "<this file>";
//   const client = connect<Flows>();

export type Flows = {
  readonly cleanup: Record<string, never>;
  /** Orders of a day *\/ and a region */
  readonly "daily-orders": {
    /** Which one. Defaults to `"eu"`. */
    readonly region?: "eu" | "us";
    readonly days: number;
    readonly tags?: readonly (string | null)[];
    readonly pair?: readonly [string, number, ...boolean[]];
    readonly at?: {
      readonly "the place"?: string | null;
      readonly limits?: Readonly<Record<string, number>>;
    };
    readonly tree?: {
      readonly name: string;
    } & Readonly<Record<string, unknown>>;
    readonly grid?: readonly (readonly number[])[];
    readonly any?: unknown;
  };
  readonly loose: object;
};
