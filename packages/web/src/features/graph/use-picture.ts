import { useEffect, useMemo, useState } from "react";
import type { FlowNode } from "../../api/shapes.ts";
import { type PackedPicture, unpacked } from "./packed-picture.ts";
import { type Picture, type PictureInput, pictureOf } from "./picture.ts";

/** No more than these are placed at once, without a worker: that takes less than starting one and handing things over. */
const SMALL = 1_500;

/** What is drawn of which nodes. */
export interface Painted {
  readonly nodes: readonly FlowNode[];
  readonly picture: Picture;
}

/** Where everything stands; undefined until that is known for the first time. The last one stays until the next is. */
export function usePicture(nodes: readonly FlowNode[], open: readonly string[] | undefined): Painted | undefined {
  const [painted, setPainted] = useState<Painted>();
  // The same graph is placed once, however often it is read.
  const [shape, opened] = [shapeOf(nodes), open?.join("\n")];
  const isSmall = nodes.length <= SMALL;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what follows from these is the same as long as they are
  const here = useMemo(
    () => (isSmall ? { nodes, picture: pictureOf(inputOf(nodes, open)) } : undefined),
    [shape, opened],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (isSmall) return;
    const worker = new Worker(new URL("./picture-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<PackedPicture>) => {
      setPainted({ nodes, picture: unpacked(data, nodes) });
      worker.terminate();
    });
    worker.postMessage(inputOf(nodes, open));
    return () => worker.terminate();
  }, [shape, opened, isSmall]);
  return here ?? painted;
}

function inputOf(nodes: readonly FlowNode[], open: readonly string[] | undefined): PictureInput {
  return { nodes: nodes.map(({ id, kind, upstream, map, arm }) => ({ id, kind, upstream, map, arm })), open };
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
