import type { RefState, Scope } from "../ref/ref-state.ts";

/** The innermost map around a scope, as a node; null at the top. */
export function mapOf(scope: Scope): number | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.region?.kind === "map") return at.region.node;
  }
  return null;
}

/** The innermost arm around a scope that stands in the same map body; null where there is none. */
export function armOf(scope: Scope): { readonly branch: number; readonly name: string } | null {
  if (scope.region?.kind !== "arm") return null;
  return { branch: scope.region.node, name: scope.region.arm };
}

/** The scopes from `from` outwards up to the one that the reference belongs to, without it; undefined: not visible. */
export function scopesBetween(from: Scope, { scope }: RefState): readonly Scope[] | undefined {
  const crossed: Scope[] = [];
  for (let at: Scope | null = from; at !== null; at = at.parent) {
    if (at === scope) return crossed;
    crossed.push(at);
  }
  return undefined;
}
