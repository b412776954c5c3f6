import { useEffect, useState } from "react";
import type { FlowNode } from "../../api/shapes.ts";
import { type PackedPicture, unpacked } from "./packed-picture.ts";
import { type Picture, type PictureInput, pictureOf } from "./picture.ts";

/** Fewer are placed at once, without a worker: it takes less than starting one. */
const SMALL = 150;

/** What is drawn of which nodes. */
export interface Painted {
  readonly nodes: readonly FlowNode[];
  readonly picture: Picture;
}

/** Where everything stands; undefined until that is known for the first time. The last one stays until the next is. */
export function usePicture(nodes: readonly FlowNode[], open: readonly string[] | undefined): Painted | undefined {
  const [painted, setPainted] = useState<Painted>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same graph is placed once, however often it is read
  useEffect(() => {
    const input: PictureInput = {
      nodes: nodes.map(({ id, kind, upstream, map, arm }) => ({ id, kind, upstream, map, arm })),
      open,
    };
    if (nodes.length <= SMALL) {
      setPainted({ nodes, picture: pictureOf(input) });
      return;
    }
    const worker = new Worker(new URL("./picture-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<PackedPicture>) => {
      setPainted({ nodes, picture: unpacked(data, nodes) });
      worker.terminate();
    });
    worker.postMessage(input);
    return () => worker.terminate();
  }, [shapeOf(nodes), open?.join("\n")]);
  return painted;
}

const shapes = new WeakMap<readonly FlowNode[], string>();

/** What the same graph says whenever it is read. */
function shapeOf(nodes: readonly FlowNode[]): string {
  const known = shapes.get(nodes);
  if (known !== undefined) return known;
  const shape = nodes.map(({ id, upstream }) => `${id}<${upstream.join(",")}`).join(" ");
  shapes.set(nodes, shape);
  return shape;
}
