import type { PoolClaim } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Play } from "./stage/calls.ts";
import { flowOf, PARAMS, type Sketch } from "./stage/sketch.ts";
import { openStage, type Stage, tick } from "./stage/stage.ts";

/** Plays that count how many go on at once, by a name that their label gives. */
function counting(nameOf: (label: string) => string): { play: Play; most: Record<string, number> } {
  const now: Record<string, number> = {};
  const most: Record<string, number> = {};
  const play: Play = async ({ label }) => {
    const name = nameOf(label);
    now[name] = (now[name] ?? 0) + 1;
    most[name] = Math.max(most[name] ?? 0, now[name]);
    for (let moment = 0; moment < 5; moment += 1) await tick();
    now[name] -= 1;
  };
  return { play, most };
}

function pool(name: string, slots = 1): readonly PoolClaim[] {
  return [{ pool: name, slots }];
}

describe("pools", () => {
  test("let no more run than they have slots, over all runs", async () => {
    const { play, most } = counting((label) => label.replace(/\d/, ""));
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          for (let one = 0; one < 6; one += 1) {
            flow.task(`db${one}`, { policies: { pools: pool("db") } });
            flow.task(`unsized${one}`, { policies: { pools: pool("connection:x") } });
            flow.task(`free${one}`);
          }
        }),
      ],
      plays: Object.fromEntries(
        ["db", "unsized", "free"].flatMap((name) => [0, 1, 2, 3, 4, 5].map((one) => [`${name}${one}`, play])),
      ),
      pools: { db: 2 },
      capacity: 20,
    });
    const ids = [await stage.request("flow"), await stage.request("flow")];
    for (const id of ids) expect((await stage.settled(id)).state).toBe("success");
    expect(most).toMatchObject({ db: 2, unsized: 1 });
    expect(most["free"]).toBeGreaterThan(2);
  });

  test("that are full hide nothing that could run elsewhere", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          for (let one = 0; one < 50; one += 1) {
            flow.task(`blocked${one}`, { policies: { pools: pool("db"), priority: 100 } });
          }
          flow.task("free");
        }),
      ],
      plays: { blocked0: ({ hang }) => hang() },
      capacity: 2,
    });
    const id = await stage.request("flow");
    await stage.quiet();
    expect((await stage.view(id)).states).toEqual({ blocked0: "running", free: "success" });
  });

  test("give a claim larger than they are all they have", async () => {
    const { play, most } = counting(() => "all");
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.task("huge", { policies: { pools: pool("db", 100) } });
          flow.task("small", { policies: { pools: pool("db", 1) } });
        }),
      ],
      plays: { huge: play, small: play },
      pools: { db: 3 },
    });
    expect((await stage.run("flow")).state).toBe("success");
    expect(most).toEqual({ all: 1 });
  });

  test("count several claims at once", async () => {
    const { play, most } = counting(() => "all");
    const both = [...pool("a"), ...pool("b")];
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.task("both", { policies: { pools: both } });
          flow.task("a", { policies: { pools: pool("a") } });
          flow.task("b", { policies: { pools: pool("b") } });
        }),
      ],
      plays: { both: play, a: play, b: play },
      pools: { a: 1, b: 1 },
    });
    expect((await stage.run("flow")).state).toBe("success");
    expect(most).toEqual({ all: 2 });
  });

  test("get their slots back from those who fail, time out, wait or are lost", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          for (const id of ["fails", "slow", "last"]) {
            flow.task(id, { policies: { pools: pool("db"), timeoutMs: 1_000 } });
          }
        }),
      ],
      plays: {
        fails: () => {
          throw new Error("no");
        },
        slow: ({ hang }) => hang(),
      },
    });
    expect((await stage.run("flow")).states).toEqual({ fails: "failed", slow: "failed", last: "success" });
  });
});

describe("a task's own concurrency", () => {
  test("holds over the items of a map and over runs", async () => {
    const { play, most } = counting(() => "item");
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.map("map", { list: [1, 2, 3, 4] }, () => flow.task("map[]", { policies: { concurrency: 3 } }));
        }),
      ],
      plays: { "map[]": play },
      capacity: 20,
    });
    const ids = [await stage.request("flow"), await stage.request("flow")];
    for (const id of ids) expect((await stage.settled(id)).state).toBe("success");
    expect(most).toEqual({ item: 3 });
  });
});

describe("priority", () => {
  test("of tasks and flows decides who goes first, then who came first", async () => {
    const opened = Promise.withResolvers<void>();
    const tasks = (name: string) => (flow: Sketch) => {
      flow.task(`${name}/low`);
      flow.task(`${name}/high`, { policies: { priority: 10 } });
      flow.task(`${name}/also-low`);
    };
    const stage = await openStage({
      flows: [
        flowOf("plain", tasks("plain")),
        flowOf("urgent", tasks("urgent"), { policies: { priority: 5 } }),
        flowOf("first", (flow) => flow.task("first")),
      ],
      plays: { first: ({ hang }) => Promise.race([hang(), opened.promise]) },
      capacity: 1,
    });
    const ids = [];
    for (const flow of ["first", "plain", "urgent"]) ids.push(await stage.request(flow));
    opened.resolve();
    for (const id of ids) await stage.settled(id);
    expect(stage.started).toEqual([
      "first",
      "urgent/high",
      "plain/high",
      "urgent/low",
      "urgent/also-low",
      "plain/low",
      "plain/also-low",
    ]);
  });
});

describe("a flow's concurrency", () => {
  const slow: Play = ({ hang }) => hang();

  async function statesOf(stage: Stage, ids: readonly Awaited<ReturnType<Stage["request"]>>[]): Promise<string[]> {
    await stage.quiet();
    const views = await Promise.all(ids.map((id) => stage.view(id)));
    return views.map(({ state }) => state);
  }

  test("queues further runs, first come first served, also after a restart", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow"), { policies: { concurrency: 2 } })],
      plays: { slow },
    });
    const ids = [];
    for (let one = 0; one < 4; one += 1) ids.push(await stage.request("flow"));
    expect(await statesOf(stage, ids)).toEqual(["running", "running", "queued", "queued"]);
    await stage.crash();
    expect(await statesOf(stage, ids)).toEqual(["running", "running", "queued", "queued"]);
    const [first] = ids;
    if (first !== undefined) await stage.cancel(first);
    expect(await statesOf(stage, ids)).toEqual(["cancelled", "running", "running", "queued"]);
  });

  test("holds for each key by itself", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => flow.task("slow", { input: PARAMS }), {
          policies: { concurrency: 1, concurrencyKeyed: true },
        }),
      ],
      plays: { slow },
      functions: { concurrencyKey: (_flow, params) => (params as { shop: string }).shop },
    });
    const ids = [];
    for (const shop of ["a", "a", "b"]) ids.push(await stage.request("flow", { params: { shop } }));
    expect(await statesOf(stage, ids)).toEqual(["running", "queued", "running"]);
    const [first] = ids;
    if (first !== undefined) await stage.cancel(first);
    expect(await statesOf(stage, ids)).toEqual(["cancelled", "running", "running"]);
  });
});
