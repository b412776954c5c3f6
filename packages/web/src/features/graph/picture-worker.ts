import { type PictureInput, pictureOf } from "./picture.ts";

/** Beside the page, so that a large graph does not hold it up. */
addEventListener("message", ({ data }: MessageEvent<PictureInput>) => postMessage(pictureOf(data)));
