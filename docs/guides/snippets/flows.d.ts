// Made by `millrace types`: the flows, and the parameters that each of them takes.
//
//   import { connect } from "millrace/client";
//   import type { Flows } from "<this file>";
//   const client = connect<Flows>();

export type Flows = {
  /** Fetches, cleans and loads the orders of a day */
  readonly "daily-orders": {
    /** Which shop. Defaults to `"eu"`. */
    readonly region?: "eu" | "us";
  };
};
