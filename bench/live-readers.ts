// Many readers of one stream, in a process of their own. Told when each event was durable, it says how long they took.
import { request } from "node:http";
import process from "node:process";
import { quantile } from "./figures.ts";

/** Asks the readers to follow. */
export interface Follow {
  readonly url: string;
  readonly readers: number;
  readonly after: number;
  /** The last event that is measured. */
  readonly until: number;
}

/** When events were durable, the first one's first, on the clock that all processes share, in milliseconds. */
export interface Durable {
  readonly atMs: readonly number[];
}

export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly samples: number;
}

export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Reads until the last event, and gives when each came. */
function read({ url, after, until }: Follow, onOpen: () => void): Promise<Float64Array> {
  const arrived = new Float64Array(until - after);
  const { promise, resolve, reject } = Promise.withResolvers<Float64Array>();
  const asked = request(`${url}/api/v1/events?after=${after}`, { agent: false }, (response) => {
    onOpen();
    response.setEncoding("utf8");
    let rest = "";
    response.on("data", (text: string) => {
      const now = sharedNow();
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("id: ")) continue;
        const seq = Number(line.slice(4));
        if (seq <= until) arrived[seq - after - 1] = now;
        if (seq === until) {
          resolve(arrived);
          asked.destroy();
        }
      }
    });
  });
  asked.once("error", reject);
  asked.end();
  return promise;
}

async function followAll(follow: Follow): Promise<void> {
  let open = 0;
  const readers = Array.from({ length: follow.readers }, () =>
    read(follow, () => {
      open += 1;
      if (open === follow.readers) process.send?.("open");
    }),
  );
  const arrivals = await Promise.all(readers);
  process.once("message", ({ atMs }: Durable) => {
    const latencies = arrivals.flatMap((arrived) =>
      atMs.map((durable, index) => (arrived[index] ?? Number.NaN) - durable),
    );
    const result: Latencies = {
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
      samples: latencies.length,
    };
    process.send?.(result);
    process.disconnect();
  });
  process.send?.("read");
}

process.once("message", (follow: Follow) => void followAll(follow));
