import { useEffect, useState } from "react";
import type { FlowNode } from "../../api/shapes.ts";
import { type Layout, type LayoutInput, layoutOf } from "./layout.ts";

/** Fewer are placed at once, without a worker: it takes less than starting one. */
const SMALL = 150;

export interface PlacedGraph {
  readonly nodes: readonly FlowNode[];
  readonly layout: Layout;
}

/** Where the nodes stand; undefined until that is known. */
export function useLayout(nodes: readonly FlowNode[]): PlacedGraph | undefined {
  const [placed, setPlaced] = useState<PlacedGraph>();
  const key = nodes.map(({ id, upstream }) => `${id}<${upstream.join(",")}`).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same graph is placed once, however often it is read
  useEffect(() => {
    const input = inputOf(nodes);
    if (nodes.length <= SMALL) {
      setPlaced({ nodes, layout: layoutOf(input) });
      return;
    }
    const worker = new Worker(new URL("./layout-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Layout>) => {
      setPlaced({ nodes, layout: data });
      worker.terminate();
    });
    worker.postMessage(input);
    return () => worker.terminate();
  }, [key]);
  return placed;
}

function inputOf(nodes: readonly FlowNode[]): LayoutInput {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  return {
    upstream: nodes.map(({ upstream, map }) => {
      // What stands in a map's body comes after the map, though it takes nothing but one item of it.
      const all = map === null || upstream.includes(map) ? upstream : [...upstream, map];
      return all.flatMap((id) => places.get(id) ?? []);
    }),
  };
}
