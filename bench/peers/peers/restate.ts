import path from "node:path";
import process from "node:process";
import { ask } from "../http.ts";
import { installNpm, npmVersions } from "../install.ts";
import type { Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const DEPENDENCIES = { "@restatedev/restate-server": "1.7.12", "@restatedev/restate-sdk": "1.17.2" };

export const restate: Peer = {
  id: "restate",
  title: "Restate",
  language: "TypeScript",
  tasksRunIn: "the one process of the service",
  durable: "yes, the server's own log",
  settings: [
    "`restate-server` as it comes, one service of its SDK in another process; tasks are `ctx.run`, those of the fan-out with `RestatePromise.all`",
    "runs are asked for at its HTTP ingress, one way (`/send`)",
  ],
  install: (folders) => installNpm(folders, "restate", DEPENDENCIES),
  versions: async () => npmVersions(DEPENDENCIES),
  start,
};

async function start(stage: Stage): Promise<Running> {
  const folder = stage.installed("restate");
  stage.copyPrograms("javascript", folder);
  const [ingress = 0, admin = 0, node = 0, service = 0] = await freePorts(4);
  const at = (port: number): string => `127.0.0.1:${port}`;
  const env = {
    RESTATE_LISTEN_MODE: "tcp",
    RESTATE_BIND_IP: "127.0.0.1",
    RESTATE_BIND_ADDRESS: at(node),
    RESTATE_INGRESS__BIND_ADDRESS: at(ingress),
    RESTATE_ADMIN__BIND_ADDRESS: at(admin),
    RESTATE_DISABLE_TELEMETRY: "true",
    DO_NOT_TRACK: "1",
  };
  const program = path.join(folder, "node_modules/.bin/restate-server");
  const place = ["--no-logo", "--base-dir", stage.folder("data"), "--node-name", "bench"];
  stage.start("server", [process.execPath, program, ...place], { env });
  stage.start("service", [process.execPath, path.join(folder, "restate.mjs")], {
    env: { BENCH_PORT: String(service) },
  });
  await stage.until("Restate with the service", async () => {
    await ask(`http://${at(admin)}/deployments`, { uri: `http://${at(service)}` });
    return true;
  });
  await stage.untilAnswers("Restate's ingress", `http://${at(ingress)}/restate/health`);
  return {
    async begin(work, key) {
      const sent = (await ask(`http://${at(ingress)}/bench/${work}/send`, { key })) as { invocationId: string };
      return sent.invocationId;
    },
    async hasSucceeded(run) {
      const response = await fetch(`http://${at(ingress)}/restate/invocation/${run}/output`);
      // "Too early" while it runs.
      if (response.status === 470) return false;
      if (!response.ok) throw new Error(`the invocation ended with ${response.status}: ${await response.text()}`);
      return true;
    },
  };
}
