// The same door for every peer that is a library: POST /<work>/<key> begins a run, GET /<work>/<key> tells its state.
import { createServer, type IncomingMessage } from "node:http";
import process from "node:process";

export interface Runs {
  /** Resolves when the run is sure to be made. */
  begin(work: string, key: string): Promise<void>;
  /** Gives "success" when the run has ended well. */
  state(work: string, key: string): Promise<string>;
}

export function listen(runs: Runs): void {
  const server = createServer((request, response) => {
    answer(runs, request).then(
      ([status, text]) => response.writeHead(status).end(text),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        response.writeHead(500).end(String(error));
      },
    );
  });
  server.listen(Number(process.env["BENCH_PORT"]), "127.0.0.1");
}

async function answer(runs: Runs, { method, url }: IncomingMessage): Promise<[status: number, text: string]> {
  const [, work = "", key = ""] = (url ?? "").split("/");
  if (method !== "POST") return [200, key === "" ? "ready" : await runs.state(work, key)];
  await runs.begin(work, key);
  return [202, ""];
}
