/** What of a flow's graph is needed to show a run of it: as the project here has it, or as a server tells it. */
export interface FlowShape {
  readonly name: string;
  readonly nodes: readonly NodeShape[];
}

export interface NodeShape {
  readonly id: string;
  readonly kind: "task" | "map" | "branch";
  /** The map in whose body it stands, as an index. */
  readonly map: number | null;
  readonly arm: { readonly branch: number; readonly name: string } | null;
  /** Of a branch: its arms by name, where they are known. One in which nothing stands may be missing. */
  readonly results?: Readonly<Record<string, unknown>>;
}
