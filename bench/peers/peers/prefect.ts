import path from "node:path";
import { ask } from "../http.ts";
import { installPython, pinnedVersions, pythonProgram } from "../install.ts";
import type { Peer, Running, WorkName } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const SERVER = "`prefect server start` on PostgreSQL; task runs are recorded there, by messages that nobody waits for";

const prefect = {
  language: "Python",
  install: (folders) => installPython(folders, "prefect"),
  versions: async () => pinnedVersions("prefect", ["prefect"]),
} satisfies Partial<Peer>;

export const prefectServed: Peer = {
  ...prefect,
  id: "prefect-served",
  title: "Prefect 3, served deployment",
  tasksRunIn: "threads of a process for each run",
  durable: "no: results stay in the process",
  settings: [
    SERVER,
    "deployments of `serve()`, asked every second (`PREFECT_RUNNER_POLL_FREQUENCY` 1 instead of 10); each run is a new process",
    "results are not persisted, which is the default; runs are asked for by its REST API",
  ],
  start: async (stage) => await serve(stage, await startServer(stage)),
};

export const prefectCalled: Peer = {
  ...prefect,
  id: "prefect-called",
  title: "Prefect 3, flow called in a warm process",
  tasksRunIn: "the process of the flow",
  durable: "no: results stay in the process",
  settings: [
    SERVER,
    "a process that stays calls the flow's function at each request, so nothing polls and nothing starts: its shortest way",
    "results are not persisted, which is the default",
  ],
  start: async (stage) => await call(stage, await startServer(stage)),
};

interface Server {
  readonly api: string;
  readonly programs: string;
  readonly env: NodeJS.ProcessEnv;
}

async function startServer(stage: Stage): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const programs = stage.folder("programs");
  stage.copyPrograms("prefect", programs);
  stage.copyPrograms("python", programs);
  const database = await stage.database();
  database.protocol = "postgresql+asyncpg:";
  const api = `http://127.0.0.1:${port}/api`;
  const program = pythonProgram(stage.installed("prefect"), "prefect");
  const env = {
    PATH: `${path.dirname(program)}:${process.env["PATH"]}`,
    PREFECT_HOME: stage.folder("home"),
    PREFECT_API_URL: api,
    PREFECT_API_DATABASE_CONNECTION_URL: database.href,
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    PREFECT_RUNNER_POLL_FREQUENCY: "1",
    DO_NOT_TRACK: "1",
  };
  stage.start("server", [program, "server", "start", "--host", "127.0.0.1", "--port", String(port)], { env });
  await stage.untilAnswers("Prefect's server", `${api}/health`);
  return { api, programs, env };
}

async function serve(stage: Stage, { api, programs, env }: Server): Promise<Running> {
  const python = pythonProgram(stage.installed("prefect"), "python");
  stage.start("served", [python, "served.py"], { cwd: programs, env });
  const deployments = new Map<WorkName, string>();
  for (const work of ["chain", "fib", "fan"] as const) {
    const { id } = await stage.until("the deployment", async () => {
      return (await ask(`${api}/deployments/name/${work}/bench`)) as { id: string };
    });
    deployments.set(work, id);
  }
  return {
    async begin(work, key) {
      const body = { parameters: { key }, state: { type: "SCHEDULED" } };
      const run = (await ask(`${api}/deployments/${deployments.get(work)}/create_flow_run`, body)) as { id: string };
      return run.id;
    },
    hasSucceeded: (run) => hasCompleted(api, run),
  };
}

async function hasCompleted(api: string, run: string): Promise<boolean> {
  const { state_type } = (await ask(`${api}/flow_runs/${run}`)) as { state_type: string };
  if (/FAILED|CRASHED|CANCELLED/.test(state_type)) throw new Error(`the flow run ended as ${state_type}`);
  return state_type === "COMPLETED";
}

async function call(stage: Stage, { programs, env }: Server): Promise<Running> {
  const [port = 0] = await freePorts(1);
  const python = pythonProgram(stage.installed("prefect"), "python");
  stage.start("called", [python, "called.py"], { cwd: programs, env: { ...env, BENCH_PORT: String(port) } });
  const origin = `http://127.0.0.1:${port}`;
  await stage.untilAnswers("the process of the flows", origin);
  const ended = new Map<string, boolean>();
  return {
    async begin(work, key) {
      // The answer comes when the flow has ended.
      void fetch(`${origin}/${work}/${key}`, { method: "POST" }).then(
        ({ ok }) => ended.set(key, ok),
        () => ended.set(key, false),
      );
      return key;
    },
    async hasSucceeded(run) {
      if (ended.get(run) === false) throw new Error("the flow failed");
      return ended.has(run);
    },
  };
}
