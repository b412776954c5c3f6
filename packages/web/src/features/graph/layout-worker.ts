import { type LayoutInput, layoutOf } from "./layout.ts";

/** Beside the page, so that a large graph does not hold it up. */
addEventListener("message", ({ data }: MessageEvent<LayoutInput>) => postMessage(layoutOf(data)));
