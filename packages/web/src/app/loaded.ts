import { server } from "../api/server.ts";

/**
 * Loads a part of the page. Where the server runs another version by now it has no such file, and the router loads the page
 * anew; while nothing answers that would leave the browser's own page in its place, so then it only fails.
 */
export function loaded<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    try {
      return await load();
    } catch (cause) {
      const isThere = await server.call("getHealth").then(
        () => true,
        () => false,
      );
      throw isThere ? cause : new Error("A part of the page could not be loaded.", { cause });
    }
  };
}
