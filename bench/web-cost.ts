import { type Figure, say } from "./figures.ts";
import type { Page } from "./web-page.ts";

/** So long a page is left alone while what it does is counted. */
const WATCHED_MS = 10_000;

interface Counts {
  readonly commits: number;
  readonly frames: number;
  /** The most that React changed the page within one frame. */
  readonly most: number;
  /** What the page's own thread worked, in milliseconds; of that, scripts. */
  readonly busyMs: number;
  readonly scriptMs: number;
}

/** What a page does while it only shows what happens: how busy it is, how often it is drawn, what it asks the server. */
export async function costOf(page: Page, name: string): Promise<readonly Figure[]> {
  const devtools = await page.context().newCDPSession(page);
  // What the thread worked, and not how long it took: other processes want the processor, too.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async (): Promise<Counts> => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const seconds = (wanted: string): number => metrics.find((each) => each.name === wanted)?.value ?? 0;
    const counted = await page.evaluate<Pick<Counts, "commits" | "frames" | "most">>("bench.counted()");
    return { ...counted, busyMs: seconds("TaskDuration") * 1_000, scriptMs: seconds("ScriptDuration") * 1_000 };
  };
  const heapMb = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  let requests = 0;
  const count = (): void => {
    requests += 1;
  };
  const heapBefore = await heapMb();
  page.on("request", count);
  const [before, begunMs] = [await read(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const [after, seconds] = [await read(), (performance.now() - begunMs) / 1_000];
  page.off("request", count);
  const grownMb = (await heapMb()) - heapBefore;
  await devtools.detach();
  const each = (key: keyof Counts): number => (after[key] - before[key]) / seconds;
  say(
    `${name}: ${each("busyMs").toFixed(0)} ms busy a second (${each("scriptMs").toFixed(0)} in scripts), ${each("commits").toFixed(1)} commits in ${each("frames").toFixed(1)} frames a second (most in one: ${after.most}), ${(requests / seconds).toFixed(1)} requests a second, heap ${heapBefore.toFixed(1)} MB, ${grownMb.toFixed(1)} MB more after ${seconds.toFixed(0)} s`,
  );
  return [
    { name: `${name}_busy_ms_per_s`, value: each("busyMs"), unit: "ms", goal: null, better: "lower" },
    { name: `${name}_commits_per_s`, value: each("commits"), unit: "1/s", goal: null, better: "lower" },
    { name: `${name}_requests_per_s`, value: requests / seconds, unit: "1/s", goal: null, better: "lower" },
  ];
}
