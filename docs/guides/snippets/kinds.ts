import {
  bearer,
  CallSite,
  defineTask,
  env,
  flow,
  flowRun,
  http,
  python,
  shell,
  sql,
  type TaskOptions,
  type,
  wait,
} from "millrace";
import { z } from "zod";
import dailyOrders from "./first-flow.ts";
import type { Order } from "./orders.ts";

// #region shell
/** A list is a program with its arguments: no shell sees it. */
export const countLines = shell("count-lines", {
  command: ["wc", "-l", ({ file }) => file],
  input: type<{ file: string }>(),
  output: "text",
});

/** A text is a line of shell. Inputs are variables in it, never pasted into it. */
export const greet = shell("greet", {
  command: 'echo "hello $INPUT_NAME" | tr a-z A-Z',
  input: type<{ name: string }>(),
  output: "text",
});
// #endregion

// #region python
export const score = python("score", {
  script: "./score.py",
  args: ({ model }) => ["--model", model],
  input: type<{ model: string; orders: Order[] }>(),
  output: z.array(z.object({ id: z.string(), score: z.number() })),
  venv: ".venv",
  timeout: "10m",
});
// #endregion

// #region sql
export const load = sql("load", {
  connection: "warehouse",
  input: type<{ orders: Order[]; day: string }>(),
  returns: "none",
  query: `
    DELETE FROM sales WHERE day = :day;
    INSERT INTO sales SELECT :day, id, country, total FROM :orders;`,
});

export const bestCountries = sql("best-countries", {
  connection: "warehouse",
  input: type<{ countries: string[] }>(),
  row: type<{ country: string; total: number }>(),
  query: "SELECT country, sum(total) AS total FROM sales WHERE country IN (:countries) GROUP BY country",
});

export const exportSales = sql("export-sales", {
  connection: "warehouse",
  query: "SELECT * FROM sales ORDER BY day, id",
  returns: { file: "out/sales.parquet" }, // streams; the task gives { path, rows, bytes }
});
// #endregion

// #region http
export const fetchOrders = http("fetch-orders", {
  url: "https://shop.example/api/orders",
  query: ({ day }) => ({ day, page_size: 500 }),
  auth: bearer(env("SHOP_API_TOKEN")),
  input: type<{ day: string }>(),
  output: z.array(z.object({ id: z.string(), country: z.string(), total: z.number() })),
  retries: 5,
  pool: "shop-api",
});
// #endregion

// #region wait
export const delivered = wait.forFile("delivered", {
  path: "in/orders.csv",
  every: "1m",
  timeout: "6h",
  settled: "30s",
});
export const settled = wait.for("settled", "10m");
export const opened = wait.until("opened", "2026-03-01T06:00:00Z");
export const exportIsThere = wait.forCondition("export-is-there", {
  check: async (_, { signal }) => (await fetch("https://shop.example/export", { method: "HEAD", signal })).ok,
  every: "30s",
  timeout: "2h",
});
// #endregion

// #region flow-run
export const bothRegions = flow("both-regions", () => {
  const runs = flowRun("region", dailyOrders).each(["eu", "us"] as const, (region) => ({ region }));
  return runs; // of each: { run, state, output }
});
// #endregion

// #region own
/** A kind is a function that takes what its authors say, and returns a task. */
export function chatMessage(name: string, options: { channel: string; url: string } & TaskOptions) {
  const { channel, url, ...policies } = options;
  return defineTask({
    name,
    taskKind: "chat-message",
    options: policies,
    details: { channel },
    site: new CallSite(chatMessage), // errors name the line of the author
    run: async (input: { text: string }, { signal }) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify({ channel, ...input }), signal });
      if (!response.ok) throw new Error(`the chat answered ${response.status}`);
    },
  });
}
// #endregion

export const greeting = flow("greeting", () => greet({ name: "ada; rm -rf /" }));
