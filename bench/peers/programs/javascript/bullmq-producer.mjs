// The process that takes requests and adds jobs.
import process from "node:process";
import { FlowProducer, Queue } from "bullmq";
import IORedis from "ioredis";
import { listen } from "./front.ts";

const connection = new IORedis(process.env["BENCH_REDIS"]);
const queue = new Queue("bench", { connection });
const flows = new FlowProducer({ connection });

/** @param {string} name @param {{ key: string, length: number }} of */
function chain(name, { key, length }) {
  const of = (/** @type {Record<string, unknown>} */ data) => ({ name, queueName: "bench", data: { key, ...data } });
  let last = of({ n: 0 });
  for (let at = 1; at < length; at += 1) last = { ...of({}), children: [last] };
  return { ...last, opts: { jobId: key } };
}

const begin = {
  /** @param {string} key */
  chain: (key) => flows.add(chain("small", { key, length: 40 })),
  /** @param {string} key */
  fib: (key) => flows.add(chain("heavy", { key, length: 10 })),
  /** @param {string} key */
  fan: (key) => queue.add("numbers", { key }, { jobId: key }),
};

listen({
  async begin(work, key) {
    await begin[work](key);
  },
  async state(work, key) {
    const state = await queue.getJobState(work === "fan" ? `${key}-joined` : key);
    return state === "completed" ? "success" : state;
  },
});
