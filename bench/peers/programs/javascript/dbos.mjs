// One process: the application that takes requests and runs their workflows, as the guide of DBOS sets it up.
import process from "node:process";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { listen } from "./front.ts";
import { heavy, numbers, small } from "./work.ts";

/** @type {(name: string, body: () => unknown) => Promise<any>} */
const step = (name, body) => DBOS.runStep(async () => body(), { name });

const workflows = {
  /** @param {string} key */
  async chain(key) {
    let last = 0;
    for (let at = 0; at < 40; at += 1) last = await step(`small-${at}`, () => small(key, last));
  },
  /** @param {string} key */
  async fib(key) {
    let last = 0;
    for (let at = 0; at < 10; at += 1) last = await step(`heavy-${at}`, () => heavy(key, last));
  },
  /** @param {string} key */
  async fan(key) {
    const list = await step("numbers", () => numbers(key));
    await Promise.all(list.map((/** @type {number} */ n) => step(`small-${n}`, () => small(key, n))));
  },
};

DBOS.setConfig({ name: "bench", systemDatabaseUrl: process.env["BENCH_DATABASE"], logLevel: "warn" });
const registered = Object.fromEntries(
  Object.entries(workflows).map(([name, body]) => [name, DBOS.registerWorkflow(body, { name })]),
);
await DBOS.launch();
listen({
  async begin(work, key) {
    await DBOS.startWorkflow(registered[work], { workflowID: key })(key);
  },
  async state(_, key) {
    const { status } = (await DBOS.getWorkflowStatus(key)) ?? {};
    return status === "SUCCESS" ? "success" : String(status);
  },
});
