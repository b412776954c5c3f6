import { connect } from "@millrace/client";
import { type Figure, quantile, say } from "./figures.ts";
import { ask, POST, type Served } from "./served.ts";
import { costOf } from "./web-cost.ts";
import { WATCHED_TASKS } from "./web-flows.ts";
import { type Opened, openPage } from "./web-page.ts";

/** A run of one task is five events; the run that is watched adds some. */
const LOAD_PER_SECOND = 97;
/**
 * Of the load, so many runs may be under way. A machine that cannot do so many in a second would have more and more of them,
 * and the run that is watched would wait behind all of them: what is measured then is the queue, and not the page.
 */
const MOST_OPEN = 100;
const WATCHED_RUNS = 8;
const LIST_MS = 15_000;

/** When each event was made, on the clock that all processes of a machine share: a little before it was committed. */
class Heard {
  readonly #stopped = new AbortController();
  readonly #atMs = new Map<string, number>();
  #delays: number[] = [];
  #open = 0;
  #fromMs = Date.now();
  readonly #reading: Promise<void>;

  constructor(url: string) {
    this.#reading = this.#read(url).catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) throw error;
    });
  }

  /** Of `run.queued <run>`, `task.finished <run> <task>` and the like. */
  atMs(what: string): number | undefined {
    return this.#atMs.get(what);
  }

  /** How many runs were made since this began, and are not over. */
  get open(): number {
    return this.#open;
  }

  /** Events a second since it was asked for the last time. */
  rate(): number {
    const rate = (this.#delays.length * 1_000) / (Date.now() - this.#fromMs);
    const [p50, p95] = [quantile(this.#delays, 0.5), quantile(this.#delays, 0.95)];
    // The rest of what a page takes is its own.
    say(`${rate.toFixed(0)} events/s; a reader without a page has them after p50 ${p50} ms, p95 ${p95} ms`);
    this.#delays = [];
    this.#fromMs = Date.now();
    return rate;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#reading;
  }

  async #read(url: string): Promise<void> {
    const client = connect({ url });
    const { seq } = await client.call("getProject", {});
    for await (const { type, run, task, at } of client.events({ after: seq, signal: this.#stopped.signal })) {
      this.#delays.push(Date.now() - Date.parse(at));
      if (type === "run.queued") this.#open += 1;
      if (type === "run.finished") this.#open -= 1;
      this.#atMs.set(task === null ? `${type} ${run}` : `${type} ${run} ${task}`, Date.parse(at));
    }
  }
}

/** From an event's commit to the frame that shows it, while five hundred events a second come: on a run's page and in the list. */
export async function measureLive({ url, api }: Served, opened: Opened): Promise<readonly Figure[]> {
  const heard = new Heard(url);
  const load = startLoad(api, heard);
  const page = await openPage(opened);
  await page.addInitScript("bench.count();");
  await page.goto(`${url}/runs`);
  await page
    .getByRole("row", { name: /web\/load/ })
    .first()
    .waitFor();
  heard.rate();
  const listed = await latenciesOf(heard, await page.evaluate<Seen>(`bench.watchList(${LIST_MS})`));
  const rates = [heard.rate()];
  const costs = [...(await costOf(page, "live_list"))];
  for (const [name, path] of [
    ["live_home", "/"],
    ["live_flows", "/flows"],
  ] as const) {
    await page.goto(url + path);
    await page.getByRole("link", { name: "web/load" }).first().waitFor();
    costs.push(...(await costOf(page, name)));
    rates.push(heard.rate());
  }
  const watched: number[] = [];
  for (let round = 0; round < WATCHED_RUNS; round += 1) {
    const { run } = await ask(`${api}/flows/${encodeURIComponent("web/watched")}/runs`, POST);
    await page.goto(`${url}/runs/${run}?tab=tasks`);
    watched.push(
      ...(await latenciesOf(heard, await page.evaluate<Seen>(`bench.watchRun("${run}", ${WATCHED_TASKS})`))),
    );
    rates.push(heard.rate());
  }
  const heapMb = await page.evaluate<number>("performance.memory.usedJSHeapSize / 1e6");
  await load.stop();
  await heard.stop();
  await page.context().close();
  const rate = rates.reduce((sum, each) => sum + each, 0) / rates.length;
  say(`live: ${rate.toFixed(0)} events/s, heap of the page ${heapMb.toFixed(0)} MB`);
  return [
    ...inQuantiles("live", watched),
    ...inQuantiles("live_list", listed),
    ...costs,
    {
      name: "live_events_per_s",
      value: rate,
      unit: "1/s",
      goal: 500,
      better: "higher",
    },
  ];
}

function inQuantiles(name: string, values: readonly number[]): readonly Figure[] {
  const [p50, p95, worst] = [quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1)];
  say(
    `${name}: ${values.length} changes, p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
  );
  return [
    { name: `${name}_p50_ms`, value: p50, unit: "ms", goal: null, better: "lower" },
    { name: `${name}_p95_ms`, value: p95, unit: "ms", goal: 200, better: "lower" },
    { name: `${name}_worst_ms`, value: worst, unit: "ms", goal: null, better: "lower" },
  ];
}

/** What was seen, and when it was on the screen. */
type Seen = Readonly<Record<string, number>>;

async function latenciesOf(heard: Heard, seen: Seen): Promise<readonly number[]> {
  // What the page has seen already is on its way here, too.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return Object.entries(seen).flatMap(([what, atMs]) => {
    const committed = heard.atMs(what);
    return committed === undefined ? [] : [atMs - committed];
  });
}

/** Runs at an even pace, until it is stopped; what could not be started in time is not made up for. */
function startLoad(api: string, heard: Heard): { stop(): Promise<void> } {
  let isOver = false;
  const go = async (): Promise<void> => {
    const asked = new Set<Promise<unknown>>();
    for (let begun = performance.now(), count = 1; !isOver; count += 1) {
      while (heard.open + asked.size > MOST_OPEN && !isOver) await new Promise((resolve) => setTimeout(resolve, 5));
      const starting = ask(`${api}/flows/${encodeURIComponent("web/load")}/runs`, POST);
      asked.add(starting);
      void starting.finally(() => asked.delete(starting)).catch(() => undefined);
      const waitMs = begun + (count * 1_000) / LOAD_PER_SECOND - performance.now();
      if (waitMs < -1_000) [begun, count] = [performance.now(), 0];
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    await Promise.all(asked);
  };
  const going = go();
  return {
    async stop() {
      isOver = true;
      await going;
    },
  };
}
