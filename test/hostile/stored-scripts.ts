// Opens every screen of the web UI, and every address that one could be sent, of a project whose fields hold payloads.
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../setup/installed.ts";
import type { HostileGroup, HostileProject } from "./hostile-project.ts";
import { PAYLOADS } from "./payloads.ts";
import { type Context, type Signs, WatchedPage } from "./watched-page.ts";

export interface Stored {
  /** How many payloads were shown as text, and on how many looks at a page there were some. */
  readonly shown: number;
  readonly looksWith: number;
  readonly screens: number;
  readonly addresses: number;
  readonly searched: number;
  readonly signs: Signs;
}

export interface Looking {
  /** How many payloads each address is given, one after the other. */
  readonly perAddress: number;
  /** How many screens of a kind are opened through links, such as items of a map; those that are always opened not counted. */
  readonly ofKind: number;
}

/** Between two payloads that an address is given: all of them come in turn, and those of one kind do not stand together. */
const STRIDE = 31;
/** Where whoever looks has no business: these end what they look with. */
const LEFT_ALONE = /^\/(?:api|hooks)\b/;

/** Follows all links from the overview, then gives each address payloads in place of what it is to say. */
export async function lookForScripts(project: HostileProject, context: Context, looking: Looking): Promise<Stored> {
  const signs: Signs = { scripts: [], violations: [], navigations: [], elsewhere: [], markup: [] };
  const watched = await WatchedPage.open(context, await project.logIn(), signs);
  const { screens, searched } = await crawl(watched, startsOf(project.groups), looking.ofKind);
  const addresses = addressesOf(project, looking.perAddress);
  // One is loaded as it is when somebody was sent it; going on within the page is quicker, and reads it in the same way.
  for (const [at, address] of addresses.entries()) {
    await (at % looking.perAddress === 0 ? watched.open(address) : watched.visit(address));
  }
  await typeIntoPalette(watched, looking.perAddress);
  const { shown, screensWith } = watched;
  return { shown: shown.size, looksWith: screensWith, screens, addresses: addresses.length, searched, signs };
}

/** What no link leads to, or only one that comes late. */
function startsOf(groups: readonly HostileGroup[]): readonly string[] {
  const own = groups.flatMap(({ flow, ended, waiting, backfill }) => [
    ...["runs", "graph", "schedules", "details", "code", "calendar"].map((tab) => `/flows/${flow}?tab=${tab}`),
    ...["graph", "timeline", "tasks", "events", "details"].map((tab) => `/runs/${ended}?tab=${tab}`),
    ...["says", "fails", "runs", "each"].map((task) => `/runs/${ended}/tasks/${task}`),
    `/runs/${waiting}/tasks/asks`,
    `/flows/${flow}?launch=${flow}`,
    `/backfills/${backfill}`,
    `/backfills/new?flow=${flow}-parts`,
  ]);
  return ["/", "/flows", "/runs", "/backfills", "/schedules", "/manage/vault", "/manage/people", ...own];
}

async function crawl(
  watched: WatchedPage,
  starts: readonly string[],
  ofKind: number,
): Promise<{ readonly screens: number; readonly searched: number }> {
  const waiting = [...starts];
  const seen = new Set<string>();
  const kinds = new Map<string, number>();
  let searched = 0;
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const kind = kindOf(address);
    const count = kinds.get(kind) ?? 0;
    if (seen.has(address) || LEFT_ALONE.test(address) || (count >= ofKind && !starts.includes(address))) continue;
    seen.add(address);
    kinds.set(kind, count + 1);
    waiting.push(...(await watched.visit(address)));
    searched += await watched.search(PAYLOADS[seen.size % PAYLOADS.length] ?? "");
  }
  return { screens: seen.size, searched };
}

/** Screens that differ in nothing but what they are of: ids, keys and counts are dropped. */
function kindOf(address: string): string {
  const { pathname, searchParams } = new URL(address, "http://own");
  const tab = searchParams.get("tab") ?? "";
  const others = [...searchParams.keys()].sort().join();
  return `${pathname.replace(/[0-9A-Z]{26}|%[^/]*|\d+/g, "…")} ${tab} ${others}`;
}

/**
 * Each path of the router with payloads in place of its ids, and with payloads in each part of a search that any page reads.
 * Both are read from its source, so that a new one is not forgotten.
 */
function addressesOf({ groups }: HostileProject, perAddress: number): readonly string[] {
  const source = readFileSync(path.join(ROOT, "packages/web/src/app/router.tsx"), "utf8");
  const paths = [...source.matchAll(/\bpath: "([^"]+)"/g)].map(([, found = ""]) => found);
  const fields = [
    ...new Set([...source.matchAll(/In\(search, "(\w+)"|oneOf\(\s*search, "(\w+)"/g)].map(([, a, b]) => a ?? b ?? "")),
  ];
  const [group] = groups;
  if (group === undefined || paths.length < 10 || fields.length < 5) throw new Error("the router is not read any more");
  const ids: Readonly<Record<string, string>> = {
    flow: group.flow,
    run: group.ended,
    task: "says",
    backfill: group.backfill,
  };
  const query = (payload: string): string => fields.map((field) => `${field}=${payload}`).join("&");
  const patterns = paths.flatMap((each) => [
    (payload: string) =>
      `${each.replace(/\$(\w+)/g, (_, name: string) => ids[name] ?? "webhook")}?${query(payload)}#${payload}`,
    ...(each.includes("$") ? [(payload: string) => each.replace(/\$\w+/g, payload)] : []),
  ]);
  return patterns.flatMap((write, row) =>
    Array.from({ length: perAddress }, (_, at) => {
      return write(encodeURIComponent(PAYLOADS[(row + at * STRIDE) % PAYLOADS.length] ?? ""));
    }),
  );
}

async function typeIntoPalette(watched: WatchedPage, count: number): Promise<void> {
  const { page } = watched;
  await watched.open("/");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search" });
  for (const payload of PAYLOADS.slice(0, count)) {
    await field.fill(payload);
    await watched.look();
  }
  await field.fill("hostile");
  await watched.look();
}
