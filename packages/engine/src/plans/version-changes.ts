import type { FlowSpec, NodeSpec } from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";

/** How a flow differs between two versions. */
export interface VersionChanges {
  /** Its code is another, whether or not anything below is. */
  readonly codeChanged: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Tasks that wait for something else, are given something else, or have other policies. */
  readonly changed: readonly string[];
}

export function changesOf(before: LoadedFlow, now: LoadedFlow): VersionChanges {
  const old = textsOf(before.spec);
  const next = textsOf(now.spec);
  return {
    codeChanged: before.codeHash !== now.codeHash,
    added: [...next.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !next.has(id)),
    changed: [...next].filter(([id, text]) => old.has(id) && old.get(id) !== text).map(([id]) => id),
  };
}

/** By node: what makes it what it is, as text that is the same in two versions that mean the same. */
function textsOf(spec: FlowSpec): ReadonlyMap<string, string> {
  const ids = spec.nodes.map(({ id }) => id);
  return new Map(spec.nodes.map((node) => [node.id, textOf(node, ids)]));
}

/** What is only for people, and where it is written. */
const ASIDE = new Set(["place", "description", "docs", "owner", "tags"]);
/** Fields that name another node by its index, which moves with every node before it. */
const INDEXES = new Set(["node", "map", "branch", "after"]);

function textOf(node: NodeSpec, ids: readonly string[]): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (ASIDE.has(key)) return undefined;
    if (!INDEXES.has(key)) return value;
    if (Array.isArray(value)) return value.map((index) => ids[index as number] ?? "").sort((a, b) => (a < b ? -1 : 1));
    return typeof value === "number" ? ids[value] : value;
  });
}
