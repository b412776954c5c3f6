import { entryStep, NotStorable, propertyStep } from "./refusal.ts";

/** Nothing nested deeper is stored: encoding and decoding recurse, and stacks end. */
export const MAX_DEPTH = 2_000;

type Child = readonly [step: string, value: unknown];

/**
 * Looks for an object that contains itself. Asked only about values that are nested suspiciously deep, and then once:
 * data is hardly ever cyclic, and must not pay for being asked.
 *
 * @returns the refusal with the full path, or undefined where there is no cycle.
 */
export function findCycle(root: object): NotStorable | undefined {
  const path: { readonly object: object; readonly step: string }[] = [];
  const finished = new Set<object>();

  function visit(object: object, step: string): NotStorable | undefined {
    const start = path.findIndex((each) => each.object === object);
    if (start >= 0) return refuse(path.map((each) => each.step).slice(1), start, step);
    if (finished.has(object) || path.length > MAX_DEPTH) return undefined;
    path.push({ object, step });
    for (const [childStep, child] of childrenOf(object)) {
      if (typeof child !== "object" || child === null) continue;
      const found = visit(child, childStep);
      if (found !== undefined) return found;
    }
    path.pop();
    finished.add(object);
    return undefined;
  }

  return visit(root, "");
}

function refuse(steps: readonly string[], start: number, last: string): NotStorable {
  const target = start === 0 ? "the whole" : steps.slice(0, start).join("");
  return new NotStorable(
    `leads back to ${target}, so it has no end`,
    "Store identifiers in place of objects that refer to each other.",
    [...steps, last].join(""),
  );
}

/** Where encoding goes from here, but for what `toJSON` methods would make. */
function childrenOf(object: object): Child[] {
  if (Array.isArray(object)) return object.map((value, index) => [`[${index}]`, value]);
  if (object instanceof Map) {
    return Array.from(object.entries(), ([key, value], index) => [key, value, index] as const).flatMap(
      ([key, value, index]): Child[] => [
        [`.<key ${index}>`, key],
        [entryStep(key, index), value],
      ],
    );
  }
  if (object instanceof Set) return Array.from(object, (value, index) => [`.<member ${index}>`, value]);
  if (object instanceof Error) return [[".cause", object.cause]];
  if (ArrayBuffer.isView(object)) return [];
  if ("toJSON" in object && typeof object.toJSON === "function") return [];
  return Object.entries(object).map(([name, value]) => [propertyStep(name), value]);
}
