import path from "node:path";
import process from "node:process";
import { behindFront } from "../http.ts";
import { installNpm, npmVersions } from "../install.ts";
import type { Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const DEPENDENCIES = { "@dbos-inc/dbos-sdk": "5.3.0" };

export const dbos: Peer = {
  id: "dbos",
  title: "DBOS",
  language: "TypeScript",
  tasksRunIn: "the one process of the application",
  durable: "yes, PostgreSQL",
  settings: [
    "an application that takes requests and starts workflows with `DBOS.startWorkflow`; tasks are steps, those of the fan-out with `Promise.all`",
    "all else as it comes",
  ],
  install: (folders) => installNpm(folders, "dbos", DEPENDENCIES),
  versions: async () => npmVersions(DEPENDENCIES),
  start,
};

async function start(stage: Stage): Promise<Running> {
  const folder = stage.installed("dbos");
  stage.copyPrograms("javascript", folder);
  const [port = 0] = await freePorts(1);
  const database = await stage.database();
  const env = { BENCH_PORT: String(port), BENCH_DATABASE: database.href };
  stage.start("application", [process.execPath, path.join(folder, "dbos.mjs")], { env });
  await stage.untilAnswers("the application", `http://127.0.0.1:${port}/`);
  return behindFront(port);
}
