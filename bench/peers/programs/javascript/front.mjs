// The same door for every peer that is a library: POST /<work>/<key> begins a run, GET /<work>/<key> tells its state.
import { createServer } from "node:http";
import process from "node:process";

/**
 * @param {(work: string, key: string) => Promise<void>} begin Resolves when the run is sure to be made.
 * @param {(work: string, key: string) => Promise<string>} state Gives "success" when the run has ended well.
 */
export function listen(begin, state) {
  const server = createServer(async (request, response) => {
    const [, work = "", key = ""] = (request.url ?? "").split("/");
    try {
      if (request.method === "POST") {
        await begin(work, key);
        response.writeHead(202).end();
      } else {
        response.end(key === "" ? "ready" : await state(work, key));
      }
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(Number(process.env["BENCH_PORT"]), "127.0.0.1");
}
