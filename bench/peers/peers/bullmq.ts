import path from "node:path";
import process from "node:process";
import { behindFront } from "../http.ts";
import { installNpm, installRedis, npmVersions, redisServer, redisVersion } from "../install.ts";
import type { Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const DEPENDENCIES = { bullmq: "6.7.0", ioredis: "6.0.0" };
const CONCURRENCY = 8;

export const bullmq: Peer = {
  id: "bullmq",
  title: "BullMQ on Redis",
  language: "TypeScript",
  tasksRunIn: "one worker process",
  durable: "in Redis' memory; on disk within a second",
  settings: [
    `one process adds jobs, one \`Worker\` runs them, at most ${CONCURRENCY} at once; chains and the fan-out are trees of \`FlowProducer\``,
    "Redis with `appendonly yes`, `appendfsync everysec` and `noeviction`, as BullMQ's guide to production asks for",
  ],
  async install(folders) {
    await installRedis(folders);
    await installNpm(folders, "bullmq", DEPENDENCIES);
  },
  versions: async (folders) => [...npmVersions(DEPENDENCIES), await redisVersion(folders)],
  start,
};

async function start(stage: Stage): Promise<Running> {
  const folder = stage.installed("bullmq");
  stage.copyPrograms("javascript", folder);
  const [redis = 0, front = 0] = await freePorts(2);
  const { program, env } = redisServer(stage.folders);
  const settings = ["--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "everysec"];
  const place = ["--port", String(redis), "--dir", stage.folder("redis"), "--maxmemory-policy", "noeviction"];
  stage.start("redis", [program, ...settings, ...place], { env });
  const own = {
    BENCH_REDIS: `redis://127.0.0.1:${redis}`,
    BENCH_PORT: String(front),
    BENCH_CONCURRENCY: String(CONCURRENCY),
  };
  for (const name of ["bullmq-worker", "bullmq-producer"]) {
    stage.start(name, [process.execPath, path.join(folder, `${name}.mjs`)], { env: own });
  }
  await stage.untilAnswers("the producer", `http://127.0.0.1:${front}/`);
  return behindFront(front);
}
