import { describe, expect, test } from "vitest";
import type { Me } from "../src/account/refusal.ts";
import { launchChoices, managedChoices, managedFor, pauseChoices } from "../src/app/palette-entries.ts";
import { rank } from "../src/app/rank.ts";

/** Somebody who may do this, to flows that these patterns fit. */
function somebody(permissions: Me["permissions"]): Me {
  return { permissions } as Me;
}

const FLOWS = ["sales/daily", "sales/weekly", "stock"].map((name) => ({ name }));

describe("what the palette offers to run", () => {
  const titlesRefused = (me: Me | undefined): string[] =>
    launchChoices(me, FLOWS, () => {}).flatMap(({ title, refused }) => (refused === undefined ? [] : [title]));

  test("is every flow; those that one may not run say what it takes", () => {
    const some = somebody({ "run.start": ["sales/*"] });
    expect(titlesRefused(some)).toEqual(["Run stock"]);
    const [, , stock] = launchChoices(some, FLOWS, () => {});
    expect(stock?.refused).toBe("You may not: it takes the permission run.start for stock.");
    expect(titlesRefused(somebody({}))).toHaveLength(3);
    expect(titlesRefused(somebody({ "run.start": ["*"] }))).toEqual([]);
  });

  test("refuses nothing before it is known who asks", () => {
    expect(titlesRefused(undefined)).toEqual([]);
  });

  test("begins with the flow that was chosen", () => {
    const launched: string[] = [];
    for (const { choose } of launchChoices(undefined, FLOWS, (flow) => launched.push(flow))) choose();
    expect(launched).toEqual(["sales/daily", "sales/weekly", "stock"]);
  });
});

test("flows are paused and resumed by name, and one that nothing starts says so", () => {
  const paused = { at: "2026-11-22T00:00:00Z", by: "ada", reason: null };
  const triggers = [
    { flow: "sales/daily", paused: null },
    { flow: "sales/weekly", paused },
  ];
  const asked: string[] = [];
  const choices = pauseChoices(undefined, { flows: FLOWS, triggers }, (flow) => asked.push(flow));
  expect(choices.map(({ title }) => title)).toEqual(["Pause sales/daily", "Resume sales/weekly", "Pause stock"]);
  expect(choices.map(({ refused }) => refused)).toEqual([
    undefined,
    undefined,
    "stock has no schedule and no trigger: nothing runs by itself, so there is nothing to pause.",
  ]);
  expect(rank("pause", choices).map(({ title }) => title)).toContain("Pause stock");
  choices[1]?.choose();
  expect(asked).toEqual(["sales/weekly"]);
  const mayNot = pauseChoices(somebody({}), { flows: FLOWS, triggers }, () => {});
  expect(mayNot[0]?.refused).toContain("trigger.pause");
});

describe("pools and secrets in the palette", () => {
  test("are asked for only by those who may know of them", () => {
    expect(managedFor(undefined)).toEqual({ pools: false, secrets: false });
    expect(managedFor(somebody({ "pool.read": ["sales/*"], "secret.read": ["sales/*"] }))).toEqual({
      pools: true,
      secrets: false,
    });
    expect(managedFor(somebody({ "pool.read": ["*"], "secret.read": ["*"] }))).toEqual({ pools: true, secrets: true });
  });

  test("are found by name, say what they are, and lead to where they are managed", () => {
    const shown: string[] = [];
    const choices = managedChoices({ pools: [{ name: "shop" }], secrets: [{ name: "shop" }] }, (page) =>
      shown.push(page),
    );
    const found = rank("sh", choices);
    expect(found.map(({ id, kind, title }) => [id, kind, title])).toEqual([
      ["pool shop", "Pool", "shop"],
      ["secret shop", "Secret", "shop"],
    ]);
    for (const { choose } of found) choose();
    expect(shown).toEqual(["/manage/pools", "/manage/vault"]);
    expect(managedChoices({ pools: undefined, secrets: undefined }, () => {})).toEqual([]);
  });
});
