import { expectTypeOf } from "vitest";
import { defineTask, flow, type Ref, type Task, type TaskContext, task, type } from "../src/index.ts";

interface Order {
  readonly id: string;
  readonly total: number;
  readonly note?: string;
  readonly paidAt: Date | null;
  readonly lines: readonly { readonly sku: string; readonly count: number }[];
}

const extract = task("extract", async ({ region }: { region: string }, { log }): Promise<Order[]> => {
  log.info(region);
  return [];
});
const first = task("first", ({ orders }: { orders: readonly Order[] }) => orders[0] as Order);
const add = task("add", { retries: 3 }, ({ a, b = 0 }: { a: number; b?: number }) => a + b);
const ping = task("ping", async () => "pong" as const);
const nothing = task("nothing", async (_input, { log }) => log.info("hello"));

// Outputs are inferred, and inputs are as annotated.
expectTypeOf(extract).toEqualTypeOf<Task<{ region: string }, Order[]>>();
expectTypeOf(ping).toEqualTypeOf<Task<undefined, "pong">>();
expectTypeOf(nothing.run).parameter(1).toEqualTypeOf<TaskContext>();
expectTypeOf(extract.run).returns.toEqualTypeOf<Promise<Order[]>>();

flow("edges", () => {
  const orders = extract({ region: "eu" });
  expectTypeOf(orders).toExtend<Ref<Order[]>>();
  const order = first({ orders });

  // Values, references, references to fields, and any mixture fit.
  add({ a: order.total });
  add.named("b")({ a: 1, b: order.total });
  add.named("c")({ a: order.lines.length });
  first.named("d")({ orders: [order, order] });
  first.named("e")({
    orders: [{ id: order.id, total: 1, paidAt: null, lines: [{ sku: "a", count: order.total }] }],
  });
  ping();
  nothing();

  // A wrong edge does not compile.
  // @ts-expect-error 'Ref<string>' is not assignable to type 'Input<number>'
  add({ a: order.id });
  // @ts-expect-error 'string' is not assignable to type 'Input<number>'
  add({ a: "1" });
  // @ts-expect-error Property 'a' is missing
  add({ b: 1 });
  // @ts-expect-error 'c' does not exist
  add({ a: 1, c: 2 });
  // @ts-expect-error a list is wanted, not one order
  first({ orders: order });
  // @ts-expect-error a nested reference of a wrong type
  first({ orders: [{ id: order.total, total: 1, paidAt: null, lines: [] }] });
  // @ts-expect-error a task without input takes none
  ping({ a: 1 });
  // @ts-expect-error an input is wanted
  extract();
  // @ts-expect-error no such field
  void order.totals;
  // @ts-expect-error references have no methods
  orders.map((each: Order) => each);
  // @ts-expect-error references are waited for, values are not
  add.after(1)({ a: 1 });

  // @ts-expect-error references cannot be computed with
  void (order.total + 1);
  // @ts-expect-error nor compared
  void (order.total < 1);
});

flow("fields", () => {
  const order = first({ orders: extract({ region: "eu" }) });

  // Optional fields and fields of unions may be undefined; null is seen too.
  expectTypeOf(order.note).toEqualTypeOf<Ref<string | undefined>>();
  expectTypeOf(order.paidAt).toEqualTypeOf<Ref<Date | null>>();
  // This project's compiler adds one more undefined to whatever is looked up by a number or any text.
  expectTypeOf<NonNullable<(typeof order.lines)[0]>>().toEqualTypeOf<
    Ref<{ readonly sku: string; readonly count: number } | undefined>
  >();
  expectTypeOf(order.lines[0]?.count).toEqualTypeOf<Ref<number | undefined> | undefined>();
  const either = task("either", (): { kind: "a"; left: number } | { kind: "b"; right: string } => ({
    kind: "a",
    left: 1,
  }))();
  expectTypeOf(either.kind).toEqualTypeOf<Ref<"a" | "b">>();
  expectTypeOf(either.left).toEqualTypeOf<Ref<number | undefined>>();
  expectTypeOf(either.right).toEqualTypeOf<Ref<string | undefined>>();

  const pair = task("pair", (): [string, number] => ["a", 1])();
  expectTypeOf(pair[0]).toEqualTypeOf<Ref<string>>();
  expectTypeOf(pair[1]).toEqualTypeOf<Ref<number>>();
  const table = task("table", (): Record<string, number> => ({}))();
  expectTypeOf(table["any"]).toEqualTypeOf<Ref<number | undefined> | undefined>();

  const shout = task("shout", ({ text }: { text: string }) => text.toUpperCase());
  // @ts-expect-error the note may be undefined
  shout({ text: order.note });
  const whisper = task("whisper", ({ text }: { text?: string }) => text?.toLowerCase());
  whisper({ text: order.note });
  whisper.named("w2")();
  // @ts-expect-error dates have no fields to refer to
  void order.paidAt.getTime;
  // @ts-expect-error then is reserved, a reference is no promise
  void order.then;
});

// Recursive types do not run into the compiler's limits.
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const echo = task("echo", ({ json }: { json: Json }) => json);
flow("recursive", () => {
  const json = echo({ json: { a: [1, { b: "c" }] } });
  echo.named("again")({ json });
  echo.named("nested")({ json: { a: [json, 1] } });
});

// What cannot be stored is refused; what is not known stays unknown.
// @ts-expect-error a task cannot return a function
task("function", () => () => 1);
const loose = task("loose", (): unknown => 1);
// JSON.parse gives any.
const anything = task("anything", () => JSON.parse("1"));
flow("unknown", () => {
  expectTypeOf(anything()).toEqualTypeOf<Ref<unknown>>();
  // @ts-expect-error unknown is no number
  add({ a: loose() });
  // @ts-expect-error any became unknown, and unknown is no number
  add({ a: anything() });
});

// Options.
// @ts-expect-error no such option
task("options", { retry: 3 }, () => 1);
// @ts-expect-error only the two
task("options", { isolation: "thread" }, () => 1);
add.with({ cache: { key: ({ a }) => `${a.toFixed()}`, expires: "1h" } });
// @ts-expect-error the key is made of the inputs
add.with({ cache: { key: ({ c }) => c } });
// @ts-expect-error no such rule
add.with({ triggerRule: "all_succeeded" });

// Under other rules an upstream may have no value.
flow("rules", () => {
  const orders = extract({ region: "eu" });
  const report = task("report", ({ rows, title }: { rows: Order[] | undefined; title: string }) => [rows, title]);
  report.with({ triggerRule: "all_done" })({ rows: orders, title: "all" });
  report.named("r2").with({ triggerRule: "all_success" })({ rows: orders, title: "all" });
  // @ts-expect-error first's handler does not take undefined
  first.with({ triggerRule: "all_done" })({ orders });
  // @ts-expect-error the rule stays when more is said
  first.with({ triggerRule: "one_failed" }).named("x").with({ retries: 2 }).after(orders)({ orders });
  // @ts-expect-error nor does the other field of report
  report.with({ triggerRule: "none_failed" })({ rows: undefined, title: ping() });
  first.named("r3").with({ triggerRule: "always" })({ orders: [] });
  first.named("r4").with({ triggerRule: "all_done" }).with({ triggerRule: "all_success" })({ orders });
});

// Kinds.
const kind = defineTask({ name: "kind", taskKind: "mine", run: (input: { text: string }) => input.text.length });
expectTypeOf(kind).toEqualTypeOf<Task<{ text: string }, number>>();
const declared = defineTask({
  name: "declared",
  taskKind: "mine",
  input: type<{ n: number }>(),
  output: type<string>(),
  run: async ({ n }) => String(n),
});
expectTypeOf(declared).toEqualTypeOf<Task<{ n: number }, string>>();
