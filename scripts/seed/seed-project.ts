import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REGIONS = ["africa", "arctic", "asia", "europe", "north-america", "oceania", "south-america", "world"] as const;
/** Flows that run each hour: one for each region, the map over regions, and the large one. */
export const RUNS_PER_HOUR = REGIONS.length + 2;
export const MAPPED_ITEMS = 30;
export const LARGE_FLOW = "warehouse/hourly";
/** A layer of the large flow's graph. */
const LAYER = 25;

/** Writes the project whose past is made up. Its flows are real: `millrace dev` there runs them. */
export async function writeSeedProject(dir: string, tasks: number): Promise<void> {
  await mkdir(join(dir, "flows"), { recursive: true });
  await mkdir(join(dir, "node_modules"), { recursive: true });
  const cli = fileURLToPath(new URL("../../packages/cli", import.meta.url));
  await symlink(cli, join(dir, "node_modules/millrace")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "seeded", private: true, type: "module" }));
  await writeFile(join(dir, "millrace.config.ts"), CONFIG);
  await writeFile(join(dir, "flows/regions.ts"), REGION_FLOWS);
  await writeFile(join(dir, "flows/warehouse.ts"), largeFlow(tasks));
}

const CONFIG = `import { defineConfig } from "millrace";

export default defineConfig({ pools: { "orders-api": 100 } });
`;

const REGION_FLOWS = `import { cron, flow, task, when } from "millrace";

const schedule = cron("0 * * * *");

const extract = task("extract", { retries: 2, pool: "orders-api" }, async ({ region }: { region: string }, { log }) => {
  log.info("fetching orders", { region });
  return region.length;
});
const clean = task("clean", ({ orders }: { orders: number }) => orders);
const enrich = task("enrich", { retries: 1 }, ({ orders }: { orders: number }) => orders);
const load = task("load", { retries: 2 }, ({ orders, prices }: { orders: number; prices: number }) => orders + prices);
const check = task("check", ({ rows }: { rows: number }) => rows);
const publish = task("publish", ({ rows }: { rows: number }) => rows);

const list = task("list", () => Array.from({ length: ${MAPPED_ITEMS} }, (_, at) => at));
const forecast = task("forecast", { retries: 1 }, ({ region }: { region: number }) => region);
const summarise = task("summarise", ({ forecasts }: { forecasts: number[] }) => forecasts.length);

const orders = (region: string) =>
  flow(\`orders/\${region}\`, { schedule, owner: "orders", tags: ["orders", region], description: \`Orders of \${region}\` }, () => {
    const raw = extract({ region });
    const prices = extract.named("prices")({ region });
    const rows = load({ orders: enrich({ orders: clean({ orders: raw }) }), prices });
    when(check({ rows }), () => publish({ rows }));
  });

${REGIONS.map((region) => `export const ${region.replace("-", "")} = orders(${JSON.stringify(region)});`).join("\n")}

export default flow("forecasts", { schedule, owner: "science", tags: ["forecast"] }, () => {
  summarise({ forecasts: forecast.each(list({}), (region) => ({ region })) });
});
`;

/** A graph of layers: each task takes from two of the layer before. */
function largeFlow(tasks: number): string {
  return `import { cron, flow, type Ref, task } from "millrace";

const step = task("step", { retries: 2 }, ({ from }: { from: number[] }) => from.length);

export default flow("${LARGE_FLOW}", { schedule: cron("0 * * * *"), owner: "warehouse", tags: ["warehouse"] }, () => {
  let before: Ref<number>[] = [];
  for (let layer = 0; layer * ${LAYER} < ${tasks}; layer += 1) {
    const width = Math.min(${LAYER}, ${tasks} - layer * ${LAYER});
    before = Array.from({ length: width }, (_, at) => {
      const from = before.length === 0 ? [] : [before[at % before.length], before[(at + 1) % before.length]];
      return step.named(\`layer-\${layer}-\${at}\`)({ from: from as Ref<number>[] });
    });
  }
});
`;
}
