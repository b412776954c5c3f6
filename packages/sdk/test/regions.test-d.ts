import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  choose,
  type FlowOutput,
  type FlowParams,
  flow,
  type GivenRef,
  group,
  type MapRef,
  type Outcome,
  type Ref,
  task,
  when,
} from "../src/index.ts";

const list = task("list", async () => [{ code: "FRA", size: 3 }]);
const load = task("load", ({ code, n }: { code: string; n: number }) => ({ rows: n, code }));
const count = task("count", ({ rows }: { rows: number[] }) => rows.length);
const kindOf = task("kind-of", (): "big" | "small" => "big");
const say = task("say", (): string => "anything");

flow("maps", () => {
  const airports = list();
  const loaded = load.each(airports, (airport, index) => {
    expectTypeOf(airport.code).toEqualTypeOf<GivenRef<string>>();
    expectTypeOf(index).toExtend<Ref<number>>();
    return { code: airport.code, n: index };
  });
  expectTypeOf(loaded).toEqualTypeOf<MapRef<{ rows: number; code: string }>>();
  expectTypeOf(loaded).toExtend<Ref<{ rows: number; code: string }[]>>();
  expectTypeOf(loaded[0]).toEqualTypeOf<Ref<{ rows: number; code: string } | undefined> | undefined>();
  // A constant list, and one with references in it.
  load.named("constant").each([1, 2], (n) => ({ code: "FRA", n }));
  load.named("mixed").each([airports.length, 2], (n) => ({ code: "FRA", n }));
  count({ rows: count.named("lengths").each([[1], [2]], (rows) => ({ rows })) });
  // @ts-expect-error a wrong edge in the body
  load.each(airports, (airport) => ({ code: airport.size, n: 1 }));
  // @ts-expect-error an item has no such field
  load.each(airports, (airport) => ({ code: airport.name, n: 1 }));
  // @ts-expect-error no list
  load.each(airports.length, () => ({ code: "", n: 1 }));
  // @ts-expect-error the outputs are no numbers
  count({ rows: loaded });

  const report = task(
    "report",
    ({ outcomes }: { outcomes: Outcome<{ rows: number; code: string }>[] }) => outcomes.length,
  );
  report.with({ triggerRule: "all_done" })({ outcomes: loaded.outcomes });
  const counts = count.named("inner").each([[1]], (rows) => ({ rows }));
  // @ts-expect-error under this rule the plain list may be missing
  count.named("partly").with({ triggerRule: "all_done" })({ rows: counts });
});

const perAirport = group("airport", ({ airport }: { airport: Ref<{ code: string; size: number }> }) =>
  load({ code: airport.code, n: airport.size }),
);
const whole = group("whole", (given: Ref<{ n: number }>) => ({ a: load({ code: "a", n: given.n }), b: 1 }));
const bare = group("bare", () => {
  list();
});

flow("groups", () => {
  const airports = list();
  expectTypeOf(perAirport({ airport: { code: "FRA", size: 1 } })).toEqualTypeOf<Ref<{ rows: number; code: string }>>();
  const mapped = perAirport.named("each").each(airports, (airport) => ({ airport }));
  expectTypeOf(mapped).toEqualTypeOf<MapRef<{ rows: number; code: string }>>();
  expectTypeOf(whole.each([1, 2], (n) => ({ n }))).toEqualTypeOf<
    MapRef<{ a: { rows: number; code: string }; b: number }>
  >();
  bare();
  // @ts-expect-error a wrong input
  perAirport({ airport: { code: 1, size: 1 } });
  // @ts-expect-error a wrong item
  perAirport.each(airports, (airport) => ({ airport: airport.code }));
  // @ts-expect-error bare takes nothing
  bare(1);
});

flow("branches", () => {
  const loaded = load({ code: "a", n: 1 });
  const one = when(loaded.rows, () => list());
  expectTypeOf(one).toEqualTypeOf<Ref<{ code: string; size: number }[] | undefined>>();
  const two = when(
    loaded.rows,
    () => list.named("l2")(),
    () => loaded.code,
  );
  expectTypeOf(two).toEqualTypeOf<Ref<{ code: string; size: number }[] | string>>();
  const none = when(
    loaded.rows,
    () => {
      list.named("l3")();
    },
    () => 1,
    { name: "third" },
  );
  expectTypeOf(none).toEqualTypeOf<Ref<number | undefined>>();

  const chosen = choose(kindOf(), { big: () => loaded.rows, small: () => loaded.code });
  expectTypeOf(chosen).toEqualTypeOf<Ref<number | string>>();
  const partly = choose(kindOf.named("k2")(), { big: () => loaded.rows, otherwise: () => ({ code: loaded.code }) });
  expectTypeOf(partly).toEqualTypeOf<Ref<number | { code: string }>>();
  choose(say(), { big: () => loaded, otherwise: () => loaded });

  // @ts-expect-error small is missing, and so is otherwise
  choose(kindOf(), { big: () => loaded });
  // @ts-expect-error a text can be anything: otherwise is missing
  choose(say(), { big: () => loaded });
  // @ts-expect-error kindOf never says huge
  choose(kindOf(), { big: () => loaded, small: () => loaded, huge: () => loaded });
  // @ts-expect-error no text to choose by
  choose(loaded.rows, { otherwise: () => loaded });
  // @ts-expect-error an arm must not be async
  when(loaded.rows, async () => loaded.code);
  // @ts-expect-error an arm must not be async
  choose(kindOf(), { big: async () => loaded.code, small: () => 1 });
  // @ts-expect-error a constant needs no branch
  when(true, () => loaded);
});

const params = z.object({ region: z.enum(["eu", "us"]).default("eu"), days: z.number().optional() });
const daily = flow(
  "daily",
  { params, retries: 2, concurrency: { limit: 1, key: ({ region }) => region } },
  ({ params }) => {
    expectTypeOf(params.region).toEqualTypeOf<GivenRef<"eu" | "us">>();
    expectTypeOf(params.days).toEqualTypeOf<GivenRef<number | undefined>>();
    const loaded = load({ code: params.region, n: 1 });
    // Parameters are there under every rule.
    load.named("always").with({ triggerRule: "all_done" }).after(loaded)({ code: params.region, n: 1 });
    // @ts-expect-error the days may be missing
    load.named("days")({ code: "a", n: params.days });
    // @ts-expect-error no such parameter
    void params.regions;
    return { rows: loaded.rows, codes: [loaded.code] };
  },
);
expectTypeOf<FlowParams<typeof daily>>().toEqualTypeOf<{
  region?: "eu" | "us" | undefined;
  days?: number | undefined;
}>();
expectTypeOf<FlowOutput<typeof daily>>().toEqualTypeOf<{ rows: number; codes: string[] }>();
const silent = flow("silent", () => {
  list();
});
expectTypeOf<FlowOutput<typeof silent>>().toEqualTypeOf<undefined>();
// @ts-expect-error a build function must not be async
flow("async", async () => list());
// @ts-expect-error a build function must not be async
flow("async", {}, async () => list());
// @ts-expect-error this flow has no parameters
flow("no-params", ({ params }) => load({ code: params.region, n: 1 }));
