import { approval, env, flow, onFile, onFlow, type SensorContext, sensor, task, webhook } from "millrace";
import { z } from "zod";

const load = task("load", ({ order }: { order: number }) => ({ order, rows: 12 }));
const summarise = task("summarise", ({ region }: { region: string }) => `figures of ${region}`);
const read = task("read", ({ path }: { path: string }) => path);
const publish = task("publish", ({ by }: { by: string | null }) => `published, as ${by} said`);

// #region webhook
const Order = z.object({ id: z.number(), region: z.string() });

export const orders = flow(
  "orders",
  {
    params: z.object({ order: z.number(), region: z.string() }),
    triggers: webhook({
      secret: env("SHOP_HOOK_SECRET"),
      body: Order,
      params: ({ body }) => ({ order: body.id, region: body.region }),
    }),
  },
  ({ params }) => load({ order: params.order }),
);
// #endregion

// #region sensor
interface NewOrder {
  readonly id: number;
}

const newOrders = sensor(
  "new-orders",
  { every: "10s", timeout: "1m" },
  async ({ cursor = 0, connection, log }: SensorContext<number>) => {
    const rows = await connection("shop").query<NewOrder>("SELECT id FROM orders WHERE id > :cursor", { cursor });
    if (rows.length === 0) return { skipReason: "no new order" };
    log.info("found orders", { count: rows.length });
    return {
      runs: rows.map(({ id }) => ({ runKey: String(id), params: { order: id } })),
      cursor: rows.at(-1)?.id ?? cursor,
    };
  },
);

export const polled = flow("polled", { params: z.object({ order: z.number() }), triggers: newOrders }, ({ params }) =>
  load({ order: params.order }),
);
// #endregion

// #region after
export const figures = flow(
  "figures",
  {
    params: z.object({ region: z.string() }),
    triggers: onFlow(orders, {
      debounce: { quiet: "1m", max: "15m" },
      params: ({ params }) => ({ region: params.region }),
    }),
  },
  ({ params }) => summarise({ region: params.region }),
);
// #endregion

// #region file
export const deliveries = flow(
  "deliveries",
  {
    params: z.object({ path: z.string() }),
    triggers: onFile("in/*.csv", { every: "10s", settled: "30s", params: ({ path }) => ({ path }) }),
  },
  ({ params }) => read({ path: params.path }),
);
// #endregion

// #region approval
const release = approval("release", {
  message: "Publish the figures of this month?",
  timeout: "8h",
  onTimeout: "reject",
});

export const monthly = flow("monthly", () => {
  const decided = release();
  publish({ by: decided.by });
});
// #endregion
