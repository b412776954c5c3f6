// The process that runs jobs. A chain is a tree of one child each: a job runs when the one below it has ended.
import process from "node:process";
import { FlowProducer, Worker } from "bullmq";
import IORedis from "ioredis";
import { heavy, numbers, small } from "./work.ts";

const url = process.env["BENCH_REDIS"];
const connection = new IORedis(url, { maxRetriesPerRequest: null });
const flows = new FlowProducer({ connection: new IORedis(url) });

const jobs = {
  /** @param {import("bullmq").Job} job */
  async small(job) {
    return small(job.data.key, await before(job));
  },
  /** @param {import("bullmq").Job} job */
  async heavy(job) {
    return heavy(job.data.key, await before(job));
  },
  /** @param {import("bullmq").Job} job */
  async numbers({ data: { key } }) {
    const children = numbers(key).map((n) => ({ name: "small", queueName: "bench", data: { key, n } }));
    await flows.add({ name: "joined", queueName: "bench", opts: { jobId: `${key}-joined` }, children });
  },
  async joined() {},
};

/** What the job before this one gave. @param {import("bullmq").Job} job */
async function before(job) {
  if (job.data.n !== undefined) return job.data.n;
  const [value] = Object.values(await job.getChildrenValues());
  return value;
}

const worker = new Worker("bench", (job) => jobs[job.name](job), {
  connection,
  concurrency: Number(process.env["BENCH_CONCURRENCY"]),
});
worker.on("error", (error) => process.stderr.write(`${error.stack}\n`));
await worker.waitUntilReady();
