// #region imports
import { flow, task } from "millrace";
import { z } from "zod";
import { fetchOrders, type Order } from "./orders.ts";
// #endregion

// #region tasks
export const extract = task(
  "extract",
  { retries: 3, timeout: "1m" },
  async ({ region }: { region: string }, { log, signal }): Promise<Order[]> => {
    const orders = await fetchOrders(region, signal);
    log.info("fetched", { orders: orders.length });
    return orders;
  },
);

export const clean = task("clean", ({ orders }: { orders: Order[] }) => orders.filter((order) => order.total >= 0));

export const summarise = task("summarise", ({ orders }: { orders: Order[] }) => ({
  orders: orders.length,
  revenue: orders.reduce((sum, order) => sum + order.total, 0),
}));
// #endregion

// #region flow
export default flow(
  "daily-orders",
  {
    description: "What the shop sold",
    params: z.object({ region: z.enum(["eu", "us"]).default("eu") }),
  },
  ({ params }) => {
    const orders = extract({ region: params.region }); // a reference: nothing runs here
    const cleaned = clean({ orders }); // the call graph is the task graph
    return summarise({ orders: cleaned });
  },
);
// #endregion
