import { randomBytes } from "node:crypto";
import path from "node:path";
import { ask } from "../http.ts";
import { installPython, pinnedVersions, pythonProgram } from "../install.ts";
import type { Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

export const airflow: Peer = {
  id: "airflow",
  title: "Airflow 3",
  language: "Python",
  tasksRunIn: "a process forked for each task",
  durable: "yes, PostgreSQL",
  settings: [
    "LocalExecutor; `airflow api-server`, `scheduler` and `dag-processor`, each in its process; no triggerer, since nothing defers",
    "`scheduler_idle_sleep_time` 0.1 s instead of 1 s, which takes more than half off the time between two tasks",
    "all else as it comes: at most 16 tasks of a DAG at once, results passed as XCom; runs are asked for by its REST API",
  ],
  install: (folders) => installPython(folders, "airflow"),
  versions: async () => pinnedVersions("airflow", ["apache-airflow"]),
  start,
};

async function start(stage: Stage): Promise<Running> {
  const program = pythonProgram(stage.installed("airflow"), "airflow");
  const home = stage.folder("home");
  const dags = stage.folder("home/dags");
  stage.copyPrograms("airflow", dags);
  stage.copyPrograms("python", dags);
  const [port = 0] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const database = await stage.database();
  database.protocol = "postgresql+psycopg2:";
  const env = {
    PATH: `${path.dirname(program)}:${process.env["PATH"]}`,
    PYTHONPATH: dags,
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False",
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: "True",
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${origin}/execution/`,
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: database.href,
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: "0.1",
    AIRFLOW__API__HOST: "127.0.0.1",
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__SECRET_KEY: randomBytes(32).toString("hex"),
    AIRFLOW__API_AUTH__JWT_SECRET: randomBytes(64).toString("hex"),
  };
  await stage.run("migrate", [program, "db", "migrate"], { env });
  stage.start("api-server", [program, "api-server"], { env });
  // Its log server would listen on every address of the machine.
  stage.start("scheduler", [program, "scheduler", "--skip-serve-logs"], { env });
  stage.start("dag-processor", [program, "dag-processor"], { env });
  const token = await stage.until("Airflow's API", async () => {
    const answer = (await ask(`${origin}/auth/token`)) as { access_token?: string };
    return answer.access_token;
  });
  const headers = { authorization: `Bearer ${token}` };
  await stage.until("the list of DAGs", async () => {
    const { total_entries } = (await ask(`${origin}/api/v2/dags`, undefined, headers)) as { total_entries: number };
    return total_entries === 3 ? true : undefined;
  });
  return {
    async begin(work, key) {
      const runs = `${origin}/api/v2/dags/${work}/dagRuns`;
      await ask(runs, { dag_run_id: key, logical_date: null, conf: { key } }, headers);
      return `${runs}/${key}`;
    },
    async hasSucceeded(run) {
      const { state } = (await ask(run, undefined, headers)) as { state: string };
      if (state === "failed") throw new Error("the DAG run failed");
      return state === "success";
    },
  };
}
