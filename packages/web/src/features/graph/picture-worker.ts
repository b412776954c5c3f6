import { packed, transferable } from "./packed-picture.ts";
import { type PictureInput, pictureOf } from "./picture.ts";

/** Beside the page, so that a large graph does not hold it up. */
addEventListener("message", ({ data }: MessageEvent<PictureInput>) => {
  const picture = packed(pictureOf(data));
  postMessage(picture, { transfer: transferable(picture) });
});
