// The process with the service that the Restate server calls.
import process from "node:process";
import * as restate from "@restatedev/restate-sdk";
import { heavy, numbers, small } from "./work.ts";

const bench = restate.service({
  name: "bench",
  handlers: {
    chain: async (ctx, { key }) => {
      let last = 0;
      for (let at = 0; at < 40; at += 1) last = await ctx.run(`small-${at}`, () => small(key, last));
    },
    fib: async (ctx, { key }) => {
      let last = 0;
      for (let at = 0; at < 10; at += 1) last = await ctx.run(`heavy-${at}`, () => heavy(key, last));
    },
    fan: async (ctx, { key }) => {
      const list = await ctx.run("numbers", () => numbers(key));
      await restate.RestatePromise.all(list.map((n) => ctx.run(`small-${n}`, () => small(key, n))));
    },
  },
});

await restate.serve({ services: [bench], port: Number(process.env["BENCH_PORT"]) });
