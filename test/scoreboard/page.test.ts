import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../scripts/scoreboard/entry.ts";
import { scoreboardPage } from "../../scripts/scoreboard/page.ts";
import { mergeEntries } from "../../scripts/scoreboard/record.ts";
import { listBugs, SourceCopy } from "../simulation/plant.ts";

function entry(changed: Partial<Entry>): Entry {
  return {
    id: "R1",
    store: "memory",
    title: "What is done",
    figure: "3 | 4",
    goal: "5",
    reached: true,
    seed: 7,
    full: false,
    seconds: 1,
    replay: "npm run again",
    date: "2026-01-01T00:00:00.000Z",
    commit: "abc",
    ...changed,
  };
}

describe("the scoreboard", () => {
  test("shows each row with its figure, its seed and how to do it again", () => {
    const machine = { cores: 2, processor: "P", node: "v24" };
    const page = scoreboardPage({ machine, rows: [entry({}), entry({ store: "sqlite", reached: false })] });
    expect(page).toContain("1 of 2 reach their goal");
    expect(page).toContain("| [R1](#r1) | memory | yes | 3 \\| 4 | small | 7 |");
    expect(page).toContain("| [R1](#r1) | sqlite | **no** |");
    expect(page).toContain("`npm run again`");
  });

  test("keeps what was not measured again, in order, and forgets rows that are gone", () => {
    const before = [entry({ id: "R10" }), entry({ id: "R2" }), entry({ id: "R9" })];
    const merged = mergeEntries(before, [entry({ id: "R2", seed: 8 })], new Set(["R2 memory", "R10 memory"]));
    expect(merged.map(({ id, seed }) => [id, seed])).toEqual([
      ["R2", 8],
      ["R10", 7],
    ]);
  });

  test("finds a file for every row by its id", () => {
    const names = readdirSync(path.join(import.meta.dirname, "rows"));
    expect(names.filter((name) => !/^[rs]\d\d[a-z]?\.ts$/.test(name))).toEqual([]);
  });
});

test("every planted bug fits the sources", async () => {
  const copy = new SourceCopy();
  try {
    for (const bug of listBugs()) {
      await expect(copy.plant(bug), bug.name).resolves.toBeUndefined();
      await copy.uproot(bug);
    }
    expect(listBugs().length).toBeGreaterThanOrEqual(30);
  } finally {
    copy.remove();
  }
});
