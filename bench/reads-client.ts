// Reads lists and details at an even pace, in a process of its own, and says how long each took.
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import process from "node:process";

/** Asks for these addresses in turn, so many a second, until it is told to stop. */
export interface ReadOrder {
  readonly url: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
}

/** By path, how long each of its answers took, in milliseconds; and what was answered otherwise than with success. */
export interface ReadTimes {
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly refused: readonly string[];
}

const agent = new Agent({ keepAlive: true });

function read(address: string): Promise<number> {
  const begun = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(address, { agent }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      if (text.length < 500) text += chunk;
    });
    response.once("error", reject);
    response.once("end", () => {
      if (response.statusCode === 200) resolve(performance.now() - begun);
      else reject(new Error(`${address} was answered with ${response.statusCode}: ${text}`));
    });
  });
  asked.once("error", (error: NodeJS.ErrnoException) => {
    // A connection that the server was closing for its idleness as it was taken for the next question.
    if (asked.reusedSocket && error.code === "ECONNRESET") resolve(read(address));
    else reject(error);
  });
  asked.end();
  return promise;
}

async function readOn({ url, paths, perSecond }: ReadOrder): Promise<ReadTimes> {
  const times: Record<string, number[]> = Object.fromEntries(paths.map((path) => [path, []]));
  const refused: string[] = [];
  const going: Promise<unknown>[] = [];
  const begun = performance.now();
  let isOver = false;
  process.once("message", () => {
    isOver = true;
  });
  for (let asked = 0; !isOver; asked += 1) {
    const path = paths[asked % paths.length] ?? "";
    // Asked when it is due, whether or not those before were answered.
    going.push(
      read(`${url}${path}`).then(
        (ms) => times[path]?.push(ms),
        (error: unknown) => refused.push(String(error)),
      ),
    );
    const waitMs = begun + ((asked + 1) * 1_000) / perSecond - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  await Promise.all(going);
  agent.destroy();
  return { times, refused };
}

process.once("message", (order: ReadOrder) => {
  void readOn(order).then((times) => {
    process.send?.(times);
    process.disconnect();
  });
});
