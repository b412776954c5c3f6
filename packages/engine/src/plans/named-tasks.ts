import { type CompiledScope, didYouMean, MillraceError } from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";

/** Tasks that somebody named, found in a flow. */
export interface NamedTasks {
  /** Local numbers at the top. */
  readonly locals: readonly number[];
  /** By map (its local number at the top) and item: what of it is meant, by local number in the map's body. */
  readonly items: ReadonlyMap<number, NamedItems>;
}

export type NamedItems = ReadonlyMap<number, ReadonlySet<number>>;

/** Finds tasks and groups by their names, and items of maps: `airport[3]`, or `airport[3]/load` for one task of an item. */
export function namedTasks(flow: LoadedFlow, names: readonly string[]): NamedTasks {
  const locals: number[] = [];
  const items = new Map<number, Map<number, Set<number>>>();
  for (const name of names) {
    const found = localsNamed(flow, name);
    if (found.length > 0) {
      locals.push(...found);
      continue;
    }
    const { map, item, inside } = itemNamed(flow, name);
    const ofMap = items.get(map) ?? new Map<number, Set<number>>();
    items.set(map, ofMap.set(item, new Set([...(ofMap.get(item) ?? []), ...inside])));
  }
  return { locals, items };
}

/** Local numbers at the top of the tasks and groups of these names. */
export function namedLocals(flow: LoadedFlow, names: readonly string[]): readonly number[] {
  return names.flatMap((name) => {
    const found = localsNamed(flow, name);
    if (found.length === 0) throw unknownTask(flow, name);
    return found;
  });
}

function localsNamed(flow: LoadedFlow, name: string): readonly number[] {
  const found: number[] = [];
  for (const [local, node] of topOf(flow).nodes.entries()) {
    const id = flow.spec.nodes[node]?.id ?? "";
    if (id === name || id.startsWith(`${name}/`)) found.push(local);
  }
  return found;
}

interface NamedItem {
  readonly map: number;
  readonly item: number;
  readonly inside: readonly number[];
}

function itemNamed(flow: LoadedFlow, name: string): NamedItem {
  const indexes = [...name.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
  const [item] = indexes;
  if (item === undefined) throw unknownTask(flow, name);
  if (indexes.length > 1) {
    throw new MillraceError("USAGE", `${name} is in a map inside a map, whose items cannot be chosen one by one`, {
      hint: `Name the outer item: ${name.slice(0, name.indexOf("]") + 1)}`,
    });
  }
  const id = name.replace(/\[\d+\]/, "[]");
  for (const [map, node] of topOf(flow).nodes.entries()) {
    const body = flow.compiled.scopes[flow.compiled.bodyOf[node] as number];
    const inside = [...(body?.nodes.entries() ?? [])].flatMap(([local, inner]) => {
      const own = flow.spec.nodes[inner]?.id ?? "";
      return own === id || own.startsWith(`${id}/`) ? [local] : [];
    });
    if (inside.length > 0) return { map, item, inside };
  }
  throw unknownTask(flow, name);
}

function unknownTask(flow: LoadedFlow, name: string): MillraceError {
  const ids = Array.from(topOf(flow).nodes, (node) => flow.spec.nodes[node]?.id ?? "");
  return new MillraceError("UNKNOWN_TASK", `flow ${flow.spec.name} has no task called ${name}`, {
    hint: didYouMean(name, ids, "tasks"),
  });
}

export function topOf(flow: LoadedFlow): CompiledScope {
  return flow.compiled.scopes[0] as CompiledScope;
}
