import { seriousOf } from "@millrace/web/browser";
import { LARGE_FLOW } from "../scripts/seed/seed-project.ts";
import { type Figure, say } from "./figures.ts";
import { ask, type Served } from "./served.ts";
import { type Opened, openPage } from "./web-page.ts";

/** What axe finds serious on all screens, in both themes. */
export async function countSerious(served: Served, opened: Opened): Promise<readonly Figure[]> {
  const page = await openPage(opened);
  let serious = 0;
  let screens = 0;
  for (const address of await addressesOf(served)) {
    await page.goto(served.url + address);
    await page.locator("main h1").first().waitFor();
    await page.locator("main [aria-label=Loading]").first().waitFor({ state: "detached" });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await seriousOf(page);
      for (const each of found) say(`${address}, ${colorScheme}: ${each}`);
      serious += found.length;
      screens += 1;
    }
  }
  await page.context().close();
  say(`axe: ${serious} serious on ${screens} screens`);
  return [{ name: "axe_serious", value: serious, unit: "", goal: 0, better: "lower" }];
}

async function addressesOf({ api }: Served): Promise<readonly string[]> {
  const first = async (query: string): Promise<string> =>
    (await ask(`${api}/runs?${query}&limit=1`)).items[0]?.id ?? "";
  const [failed, large] = await Promise.all([first("state=failed"), first(`flow=${encodeURIComponent(LARGE_FLOW)}`)]);
  const flow = `/flows/${encodeURIComponent("orders/world")}`;
  return [
    "/",
    "/flows",
    ...["runs", "graph", "calendar", "code", "schedules", "backfills", "details"].map((tab) => `${flow}?tab=${tab}`),
    `/flows/${encodeURIComponent(LARGE_FLOW)}`,
    "/flows?launch=forecasts",
    "/runs",
    ...["graph", "timeline", "tasks", "events", "details"].map((tab) => `/runs/${failed}?tab=${tab}`),
    `/runs/${large}`,
    `/runs/${failed}/tasks/extract`,
    "/backfills",
    "/schedules",
    ...["pools", "vault", "people", "audit", "alerts"].map((part) => `/manage/${part}`),
    "/nowhere",
  ];
}
