/** Flows whose graphs are worth looking at: one like those that people have, one that branches, and a large one. */
export const GRAPH_FLOWS = `import { choose, flow, group, type Ref, task, when } from "millrace";

const step = task("step", ({ from }: { from: readonly number[] }) => from.length);
const flaky = task("flaky", { retries: { limit: 1, delay: "150ms" } }, ({ from }: { from: readonly number[] }, { attempt }) => {
  if (attempt.number === 1) throw new Error("the payment provider answered 503");
  return from.length;
});
const list = task("list", ({ count }: { count: number }) => Array.from({ length: count }, (_, at) => at));
const forecast = task("forecast", ({ region }: { region: number }) => {
  if (region % 11 === 7) throw new Error("no data for region " + region);
  return region;
});
const airport = group("airport", ({ code }: { code: Ref<number> }) =>
  step.named("card")({ from: [step.named("weather")({ from: [code] }), step.named("flights")({ from: [code] })] }));

export const orders = flow("orders-nightly", { description: "Orders of the day, cleaned, checked and published" }, () => {
  const names = ["orders", "customers", "products", "payments", "refunds", "shipments"];
  const raw = names.map((name) => (name === "payments" ? flaky : step).named("extract-" + name)({ from: [] }));
  const clean = group("clean", () => raw.map((from, at) => step.named(names[at] as string)({ from: [from] })))();
  const checks = group("quality", () => clean.map((from, at) => step.named("check-" + names[at])({ from: [from] })))();
  const dimensions = group("dimensions", () =>
    [1, 2, 0].map((at) => step.named("dim-" + names[at])({ from: [clean[at] as Ref<number>, checks[at] as Ref<number>] })))();
  const rates = step.named("exchange-rates")({ from: [] });
  const facts = group("facts", () => {
    const sold = step.named("fact-orders")({ from: [clean[0] as Ref<number>, ...dimensions, rates] });
    const paid = step.named("fact-payments")({ from: [clean[3] as Ref<number>, clean[4] as Ref<number>, rates] });
    return [sold, paid, step.named("fact-shipments")({ from: [clean[5] as Ref<number>, sold] })];
  })();
  const report = step.named("report")({ from: facts });
  const verdict = step.named("verdict")({ from: [report] });
  when(verdict, () => {
    step.named("publish")({ from: [report] });
    step.named("notify")({ from: [] });
  }, () => {
    step.named("page-owner")({ from: [] });
  });
  for (const name of ["finance", "sales", "support"]) step.named("export-" + name)({ from: [report, rates] });
  step.named("cleanup")({ from: [raw[0] as Ref<number>, report] });
  airport.each(list.named("airports")({ count: 3 }), (code) => ({ code }));
  const regions = forecast.each(list.named("regions")({ count: 30 }), (region) => ({ region }));
  step.named("summarise")({ from: regions });
});

export const sizes = flow("by-size", {}, () => {
  const size = task("size", () => "big")({});
  const done = choose(size, {
    big: () => step.named("load-big")({ from: [step.named("split")({ from: [] })] }),
    small: () => step.named("load-small")({ from: [] }),
  });
  step.named("finish")({ from: [done as Ref<number>] });
});

const patience = task("patience", async (_: {}, { signal }) => {
  await new Promise((_resolve, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
});
export const endless = flow("endless", { description: "Runs until it is cancelled" }, () => { patience({}); });

export const large = flow("warehouse", { description: "Sixteen hundred tasks" }, () => {
  let before: Ref<number>[] = [];
  for (let layer = 0; layer < 64; layer += 1) {
    before = Array.from({ length: 25 }, (_, at) => {
      const places = at % 7 === 0 ? [at, at + 1, at + 5] : [at];
      const from = before.length === 0 ? [] : places.map((place) => before[place % 25] as Ref<number>);
      return step.named("layer-" + layer + "-" + at)({ from });
    });
  }
});
`;
