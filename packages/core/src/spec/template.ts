import type { EncodedText } from "../value/encoded.ts";

/**
 * The shape of a value that is known before its parts are: constants, and places to be filled from outputs, parameters
 * and items of maps.
 */
export type Template =
  /** A constant, encoded. */
  | { readonly kind: "value"; readonly text: EncodedText }
  /** The output of a node, or a field inside it. */
  | { readonly kind: "output"; readonly node: number; readonly path: Path }
  /**
   * Of a map: for each item, how it ended: `{ state: "success", value }`, `{ state: "failed", error }` or
   * `{ state }`. Usable under rules that run after failures.
   */
  | { readonly kind: "outcomes"; readonly node: number }
  | { readonly kind: "params"; readonly path: Path }
  /** The element that the body of map `map` is running for, or a field inside it. */
  | { readonly kind: "item"; readonly map: number; readonly path: Path }
  /** The position of that element, from 0. */
  | { readonly kind: "index"; readonly map: number }
  | { readonly kind: "list"; readonly items: readonly Template[] }
  | { readonly kind: "record"; readonly fields: Readonly<Record<string, Template>> };

/** Property names and list positions, from the outside in. */
export type Path = readonly (string | number)[];
