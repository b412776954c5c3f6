import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../setup/installed.ts";
import type { ScoreboardRow } from "../row.ts";

const MOST_DIRECT = 20;
const MOST_TOTAL = 80;
/** Packages of the repository that are in what is published as `millrace`. */
const OWN = "@millrace/";

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Locked extends Manifest {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

export const row: ScoreboardRow = {
  id: "S15",
  title:
    "What `millrace` needs at run time, counted in the lock; advisories are asked for in CI, where there is a network",
  goal: "≤ 20 direct and ≤ 80 total at run time; each with a hash in the lock",
  stores: ["memory"],
  async run({ log }) {
    const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, Locked>>;
    };
    const direct = directNeeds();
    const all = new Map<string, Locked>();
    for (const name of direct) follow(name, "", { packages: lock.packages, found: all });
    const unhashed = [...all].filter(([, { integrity }]) => integrity === undefined).map(([place]) => place);
    log([...direct].sort().join(", "));
    for (const each of unhashed) log(`${each} has no hash`);
    return {
      figure: `${direct.size} direct, ${all.size} in all, ${unhashed.length} without a hash (advisories: not asked here)`,
      reached: direct.size <= MOST_DIRECT && all.size <= MOST_TOTAL && unhashed.length === 0,
      details: { direct: direct.size, total: all.size, unhashed: unhashed.length },
    };
  },
};

/** What the packages of the repository that are published need, without each other. What is built into files needs nothing. */
function directNeeds(): Set<string> {
  const folders = readdirSync(path.join(ROOT, "packages")).filter((name) => name !== "testing" && name !== "web");
  const files = folders
    .map((name) => path.join(ROOT, "packages", name, "package.json"))
    .filter((file) => existsSync(file));
  const manifests = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Manifest);
  return new Set(
    manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies).filter((name) => !name.startsWith(OWN))),
  );
}

interface Walk {
  readonly packages: Readonly<Record<string, Locked>>;
  readonly found: Map<string, Locked>;
}

/** A package is looked for beside who needs it, and in each folder above. */
function follow(name: string, from: string, walk: Walk): void {
  const levels = from === "" ? [""] : [from, ...parentsOf(from)];
  const place = levels
    .map((level) => `${level === "" ? "" : `${level}/`}node_modules/${name}`)
    .find((each) => each in walk.packages);
  if (place === undefined || walk.found.has(place)) return;
  const locked = walk.packages[place] as Locked;
  walk.found.set(place, locked);
  for (const needed of Object.keys(locked.dependencies ?? {})) follow(needed, place, walk);
}

function parentsOf(place: string): string[] {
  const parents: string[] = [];
  for (let at = place.lastIndexOf("/node_modules/"); at > 0; at = place.lastIndexOf("/node_modules/", at - 1)) {
    parents.push(place.slice(0, at));
  }
  return [...parents, ""];
}
