import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { env, flow, onFile, onFlow, sensor, task, webhook } from "../../src/index.ts";

const load = task("load", ({ order }: { order: number }) => order);
const params = z.object({ order: z.number(), region: z.string().default("eu") });

const orders = flow("orders", { params }, (flowInputs) => {
  load({ order: flowInputs.params.order });
});

test("what triggers give must be what the flow takes", () => {
  flow(
    "typed",
    {
      params,
      triggers: [
        webhook({ secret: env("S"), body: z.object({ id: z.number() }), params: ({ body }) => ({ order: body.id }) }),
        webhook({ secret: env("S"), body: params }),
        sensor("rows", {}, () => ({ runs: [{ runKey: "a", params: { order: 1 } }], cursor: 1 })),
        onFlow(orders, { params: (event) => ({ order: event.params.order }) }),
        onFile("in/*", { params: ({ bytes }) => ({ order: bytes }) }),
      ],
    },
    (inputs) => {
      load({ order: inputs.params.order });
    },
  );
  flow(
    "wrong",
    {
      params,
      // @ts-expect-error the flow takes a number.
      triggers: webhook({ secret: env("S"), params: () => ({ order: "seven" }) }),
    },
    () => {
      load({ order: 1 });
    },
  );
  flow("none", { triggers: onFlow(orders) }, () => {
    load({ order: 1 });
  });
});

test("events are typed by what makes them", () => {
  webhook({
    secret: null,
    body: z.object({ id: z.coerce.number() }),
    params: ({ body }, all) => {
      expectTypeOf(body).toEqualTypeOf<{ id: number }>();
      expectTypeOf(all[0]?.body).toEqualTypeOf<{ id: number } | undefined>();
      return {};
    },
  });
  onFlow(orders, {
    params: ({ params: given, window }) => {
      expectTypeOf(given.order).toEqualTypeOf<number>();
      expectTypeOf(window.start).toEqualTypeOf<Date>();
      return {};
    },
  });
});
