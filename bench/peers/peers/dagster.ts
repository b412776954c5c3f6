import { writeFileSync } from "node:fs";
import path from "node:path";
import { ask } from "../http.ts";
import { installPython, pinnedVersions, pythonProgram } from "../install.ts";
import type { Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const SERVERS =
  "web server and code server, each in its process, on PostgreSQL; runs are asked for by GraphQL and launched at once " +
  "(`DefaultRunCoordinator`, so no queue and no daemon between); each run is a new process";

const dagster = {
  language: "Python",
  durable: "yes, files and PostgreSQL",
  install: (folders) => installPython(folders, "dagster"),
  versions: async () => pinnedVersions("dagster", ["dagster"]),
} satisfies Partial<Peer>;

export const dagsterInProcess: Peer = {
  ...dagster,
  id: "dagster-in-process",
  title: "Dagster, in-process executor",
  tasksRunIn: "the process of the run",
  settings: [SERVERS, "`in_process_executor`; results in files by the default I/O manager"],
  start: (stage) => start(stage, "in_process"),
};

export const dagsterMultiprocess: Peer = {
  ...dagster,
  id: "dagster-multiprocess",
  title: "Dagster, multiprocess executor",
  tasksRunIn: "a process for each task",
  settings: [
    SERVERS,
    "`multiprocess_executor`, its default, with processes forked from a server that has imported the job (`forkserver`); as many at once as there are processors",
  ],
  start: (stage) => start(stage, "multiprocess"),
};

const LAUNCH = `mutation($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}`;
const STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }";

async function start(stage: Stage, kind: string): Promise<Running> {
  const folder = stage.installed("dagster");
  const [web = 0, code = 0] = await freePorts(2);
  const programs = stage.folder("programs");
  stage.copyPrograms("dagster", programs);
  stage.copyPrograms("python", programs);
  const home = stage.folder("home");
  const database = await stage.database();
  database.protocol = "postgresql:";
  writeFileSync(path.join(home, "dagster.yaml"), instanceConfig(database));
  writeFileSync(path.join(home, "workspace.yaml"), workspaceConfig(code));
  const env = {
    PATH: `${path.join(folder, "venv/bin")}:${process.env["PATH"]}`,
    DAGSTER_HOME: home,
    PYTHONPATH: programs,
  };
  const at = (port: number): string[] => ["-h", "127.0.0.1", "-p", String(port)];
  stage.start("code", [pythonProgram(folder, "dagster"), "api", "grpc", "-m", "bench", ...at(code)], { env });
  const workspace = ["-w", path.join(home, "workspace.yaml")];
  stage.start("web", [pythonProgram(folder, "dagster-webserver"), ...workspace, ...at(web)], { env });
  const graphql = `http://127.0.0.1:${web}/graphql`;
  await stage.until("Dagster's code location", async () => {
    const answer = await ask(graphql, {
      query: "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }",
    });
    return JSON.stringify(answer).includes("__repository__") ? true : undefined;
  });
  return {
    async begin(work, key) {
      const selector = {
        repositoryLocationName: "bench",
        repositoryName: "__repository__",
        jobName: `${work}_${kind}`,
      };
      const tags = [{ key: "bench", value: key }];
      const params = { selector, mode: "default", runConfigData: {}, executionMetadata: { tags } };
      const answer = (await ask(graphql, { query: LAUNCH, variables: { params } })) as Launched;
      const run = answer.data?.launchRun.run?.runId;
      if (run === undefined) throw new Error(`the run was refused: ${JSON.stringify(answer).slice(0, 300)}`);
      return run;
    },
    async hasSucceeded(run) {
      const answer = (await ask(graphql, { query: STATUS, variables: { run } })) as Status;
      const { status } = answer.data.runOrError;
      if (/FAILURE|CANCELED/.test(status)) throw new Error(`the run ended as ${status}`);
      return status === "SUCCESS";
    },
  };
}

interface Launched {
  readonly data?: { readonly launchRun: { readonly run?: { readonly runId: string } } };
}

interface Status {
  readonly data: { readonly runOrError: { readonly status: string } };
}

function instanceConfig(database: URL): string {
  return `storage:
  postgres:
    postgres_url: ${database.href}
run_coordinator:
  module: dagster._core.run_coordinator
  class: DefaultRunCoordinator
telemetry:
  enabled: false
`;
}

function workspaceConfig(port: number): string {
  return `load_from:
  - grpc_server:
      host: 127.0.0.1
      port: ${port}
      location_name: bench
`;
}
