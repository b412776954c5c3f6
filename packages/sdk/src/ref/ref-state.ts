import { type Path, REF_BRAND, type Template } from "@millrace/core";

/** Where the run-time side of a reference sits, for any copy of this package. */
export const REF: typeof REF_BRAND = REF_BRAND;

/** A part of a flow in which nodes stand: the top, the body of a map, or an arm of a branch. */
export interface Scope {
  readonly parent: Scope | null;
  /** The map or branch whose region this is; null at the top. */
  readonly region: { readonly kind: "map" | "arm"; readonly node: number; readonly arm: string } | null;
}

/** What a reference points at. */
export interface RefState {
  /** The flow being built; compared by identity, so that references cannot move between flows. */
  readonly owner: object;
  readonly source: RefSource;
  readonly path: Path;
  /** From here and from further inside, the reference may be used. */
  readonly scope: Scope;
  /** For messages: `extract.total`. */
  readonly label: string;
}

type RefSource =
  | { readonly kind: "output" | "outcomes"; readonly node: number }
  | { readonly kind: "params" }
  | { readonly kind: "item" | "index"; readonly map: number };

/** What a value is a reference to, or undefined for anything that is no reference. */
export function refStateOf(value: unknown): RefState | undefined {
  if (typeof value !== "function") return undefined;
  return (value as { readonly [REF]?: RefState })[REF];
}

/** The place in a template that the reference fills. */
export function templateOfRef({ source, path }: RefState): Template {
  switch (source.kind) {
    case "output":
      return { kind: "output", node: source.node, path };
    case "outcomes":
      return { kind: "outcomes", node: source.node };
    case "params":
      return { kind: "params", path };
    case "item":
      return { kind: "item", map: source.map, path };
    case "index":
      return { kind: "index", map: source.map };
  }
}
