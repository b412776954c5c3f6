import { choose, flow, group, type Outcome, type Ref, task, when } from "millrace";
import { fetchOrders, type Order } from "./orders.ts";

const extract = task("extract", ({ region }: { region: string }, { signal }) => fetchOrders(region, signal));

const summarise = task("summarise", ({ orders }: { orders: Order[] }) => {
  const total = orders.reduce((sum, order) => sum + order.total, 0);
  return { orders: orders.length, total, size: total > 100 ? ("big" as const) : ("small" as const) };
});

const tell = task("tell", ({ text, total }: { text: string; total: number }, { log }) => {
  log.info(`${text}: ${total}`);
  return total;
});

// #region fields
export const fields = flow("fields", () => {
  const summary = summarise({ orders: extract({ region: "eu" }) });
  tell({ text: "sold", total: summary.total }); // a field of a value that does not exist yet
  tell.named("tell-constant")({ text: "expected", total: 80 }); // a constant fits the same input
});
// #endregion

// #region nested
const compare = task("compare", ({ totals }: { totals: { eu: number; us: number } }) => totals.eu - totals.us);

export const nested = flow("nested", () => {
  const eu = summarise.named("eu")({ orders: extract.named("extract-eu")({ region: "eu" }) });
  const us = summarise.named("us")({ orders: extract.named("extract-us")({ region: "us" }) });
  return compare({ totals: { eu: eu.total, us: us.total } });
});
// #endregion

// #region each
const ship = task("ship", ({ order, position }: { order: Order; position: number }) => {
  if (order.total < 0) throw new Error(`order ${order.id} has a negative total`);
  return `${position}: ${order.id}`;
});

const report = task("report", ({ outcomes }: { outcomes: Outcome<string>[] }) => ({
  shipped: outcomes.filter(({ state }) => state === "success").length,
  failed: outcomes.filter(({ state }) => state === "failed").length,
}));

export const mapped = flow("mapped", () => {
  const orders = extract({ region: "eu" });
  const shipped = ship.each(orders, (order, index) => ({ order, position: index }));
  // Goes on after failures too, with how each item ended.
  return report.with({ triggerRule: "all_done" })({ outcomes: shipped.outcomes });
});
// #endregion

// #region group
const pack = task("pack", ({ order }: { order: Order }) => ({ parcel: `parcel of ${order.id}` }));
const label = task("label", ({ parcel, country }: { parcel: string; country: string }) => `${parcel} to ${country}`);

const handle = group("order", ({ order }: { order: Ref<Order> }) => {
  const packed = pack({ order });
  return label({ parcel: packed.parcel, country: order.country });
});

export const grouped = flow("grouped", () => {
  const orders = extract({ region: "eu" });
  return handle.each(orders, (order) => ({ order })); // order[0]/pack, order[0]/label, order[1]/pack …
});
// #endregion

// #region branch
const bulk = task("bulk", ({ orders }: { orders: Order[] }) => `one lorry for ${orders.length}`);
const single = task("single", ({ orders }: { orders: Order[] }) => `${orders.length} parcels`);
const nothing = task("nothing", () => "nothing to do");

export const branched = flow("branched", () => {
  const orders = extract({ region: "eu" });
  const summary = summarise({ orders });
  const sent = when(
    summary.orders,
    () => choose(summary.size, { big: () => bulk({ orders }), small: () => single({ orders }) }),
    () => nothing(),
  );
  tell({ text: "sent", total: summary.total });
  return sent; // a reference to what the arm that was taken returned
});
// #endregion
