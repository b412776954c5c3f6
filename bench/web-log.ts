import type { Figure } from "./figures.ts";
import { ask, type Served } from "./served.ts";
import { inMs, type Opened, openCold, openPage, repeat } from "./web-page.ts";

const ROUNDS = 7;

/** A log of 100 MB: opened, gone through by the scroll bar, and searched. */
export async function measureLog(served: Served, opened: Opened): Promise<readonly Figure[]> {
  const { address, lines } = await longLog(served);
  const first = await repeat("log, first screen", ROUNDS, () => openCold(opened, address, "bench.isLogDrawn()"));
  const page = await openPage(opened);
  await page.goto(address);
  await page.locator('[role="log"] time').first().waitFor();
  const jumps = await repeat("log, jump", 20, (round) =>
    page.evaluate<number>(`bench.jump(${((round * 7 + 3) % 20) / 20}, ${lines})`),
  );
  const searches = await repeat("log, search", ROUNDS, (round) =>
    page.evaluate<number>(`bench.search("row ${600_000 - round * 70_003} of")`),
  );
  await page.context().close();
  return [
    { ...(inMs("log_100mb", first, 500)[0] as Figure) },
    ...inMs("log_100mb_first", first, 500),
    ...inMs("log_100mb_jump", jumps, 100),
    ...inMs("log_100mb_search", searches, 500),
  ];
}

/** The seed gives one of the newest runs of this flow a log that long. */
async function longLog({ api, url }: Served): Promise<{ readonly address: string; readonly lines: number }> {
  for (const { id } of (await ask(`${api}/runs?flow=forecasts&limit=50`)).items) {
    for (const attempt of (await ask(`${api}/runs/${id}/attempts?limit=100`)).items) {
      const lines = await linesOf(`${api}/runs/${id}/attempts/${attempt.id}/log`);
      if (lines > 400_000) return { address: `${url}/runs/${id}/tasks/summarise`, lines };
    }
  }
  throw new Error("the seed has no long log");
}

async function linesOf(log: string): Promise<number> {
  const isBeyond = async (line: number): Promise<boolean> => {
    const answer = await fetch(`${log}?from=${line}&limit=1`);
    return ((await answer.json()) as { readonly lines: readonly unknown[] }).lines.length === 0;
  };
  let [here, beyond] = [0, 400_000];
  if (await isBeyond(beyond)) return 0;
  while (!(await isBeyond(beyond))) [here, beyond] = [beyond, beyond * 2];
  while (beyond - here > 1) {
    const middle = Math.floor((here + beyond) / 2);
    if (await isBeyond(middle)) beyond = middle;
    else here = middle;
  }
  return beyond;
}
