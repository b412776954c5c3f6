import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seed } from "../scripts/seed/fill.ts";
import { LARGE_FLOW } from "../scripts/seed/seed-project.ts";
import type { Figure } from "./figures.ts";
import { ask, quieten, type Served, serve } from "./served.ts";
import { WEB_FLOWS } from "./web-flows.ts";
import { measureLive } from "./web-live.ts";
import { measureLog } from "./web-log.ts";
import { inMs, type Opened, openCold, openPage, repeat, warmBrowser } from "./web-page.ts";
import { countSerious } from "./web-screens.ts";

/** A hundred runs of a thousand tasks, and a log of 100 MB. */
const PAST = { runs: 1_000, tasks: 1_000, logMb: 99 };
const ROUNDS = 7;
const WEB = fileURLToPath(new URL("../packages/web", import.meta.url));

interface Bed {
  readonly served: Served;
  readonly opened: Opened;
}

/** What is measured, by its name: `npm run -s bench -- web graph grid` measures just these. */
const PARTS: Readonly<Record<string, (bed: Bed) => Promise<readonly Figure[]>>> = {
  size: measureSize,
  graph: measureGraph,
  grid: measureGrid,
  log: ({ served, opened }) => measureLog(served, opened),
  axe: ({ served, opened }) => countSerious(served, opened),
  live: ({ served, opened }) => measureLive(served, opened),
};

/** The pages in a real browser: from a navigation or a press to the frame that shows what it was for. */
export async function web(): Promise<readonly Figure[]> {
  const asked = process.argv.slice(3);
  const unknown = asked.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined) throw new Error(`no part is called "${unknown}": ${Object.keys(PARTS).join(", ")}`);
  await promisify(execFile)(process.execPath, [join(WEB, "scripts/build.ts")]);
  // A folder that was seeded before, and may be used up, spares the half minute that seeding takes.
  const given = process.env["MILLRACE_BENCH_SEEDED"];
  const dir = given ?? (await mkdtemp(join(tmpdir(), "millrace-bench-")));
  try {
    if (given === undefined) await seed({ dir, ...PAST });
    await writeFile(join(dir, "flows/web.ts"), WEB_FLOWS);
    return await measure(dir, asked.length === 0 ? Object.keys(PARTS) : asked);
  } finally {
    if (given === undefined) await rm(dir, { recursive: true, force: true });
  }
}

async function measure(dir: string, parts: readonly string[]): Promise<readonly Figure[]> {
  const served = await serve(dir);
  try {
    await quieten(served.api, ["web/huge", "web/load", "web/watched"]);
    const opened = await warmBrowser(served.url);
    const figures: Figure[] = [];
    for (const name of parts) figures.push(...((await PARTS[name]?.({ served, opened })) ?? []));
    await opened.close();
    return figures;
  } finally {
    await served.stop();
  }
}

/** What a browser loads before it shows anything, as the size gate counts it. */
async function measureSize(): Promise<readonly Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(WEB, "scripts/size.ts")]);
  const kb = Number(/js_gzip_kb ([\d.]+)/.exec(stdout)?.[1]);
  return [{ name: "js_gzip_kb", value: kb, unit: "KB", goal: 180, better: "lower" }];
}

async function measureGraph({ served, opened }: Bed): Promise<readonly Figure[]> {
  const { url, api } = served;
  const flow = (name: string): string => `${url}/flows/${encodeURIComponent(name)}?tab=graph`;
  const [run] = (await ask(`${api}/runs?flow=${encodeURIComponent(LARGE_FLOW)}&limit=1`)).items;
  const open = (address: string, wanted: number) => () => openCold(opened, address, `bench.isGraphDrawn(${wanted})`);
  const small = await repeat("graph of 1,000", ROUNDS, open(flow(LARGE_FLOW), 1_000));
  const ofRun = await repeat("graph of a run of 1,000", ROUNDS, open(`${url}/runs/${run?.id}`, 1_000));
  const large = await repeat("graph of 10,000", ROUNDS, open(flow("web/huge"), 10_000));
  return [
    ...inMs("graph_1000", small, 500),
    ...inMs("graph_1000_of_run", ofRun, 500),
    ...inMs("graph_10000", large, 1_500),
  ];
}

async function measureGrid({ served, opened }: Bed): Promise<readonly Figure[]> {
  const address = `${served.url}/flows/${encodeURIComponent(LARGE_FLOW)}`;
  const cold = await repeat("grid, a new page", ROUNDS, () => openCold(opened, address, "bench.isGridDrawn()"));
  const pressed = await repeat("grid, from a press", ROUNDS, async () => {
    const page = await openPage(opened);
    await page.goto(`${served.url}/flows`);
    await page.getByRole("link", { name: LARGE_FLOW }).first().waitFor();
    const ms = await page.evaluate<number>(`bench.press("${LARGE_FLOW}", () => bench.isGridDrawn())`);
    await page.context().close();
    return ms;
  });
  const answer = await repeat("grid, its answer", 40, () =>
    timeOf(`${served.api}/flows/${encodeURIComponent(LARGE_FLOW)}/grid?limit=100`),
  );
  return [
    ...inMs("grid_first_paint", pressed, 200),
    ...inMs("grid_open", cold, null),
    ...inMs("grid_answer", answer, 50),
  ];
}

async function timeOf(address: string): Promise<number> {
  const begun = performance.now();
  await (await fetch(address)).arrayBuffer();
  return performance.now() - begun;
}
