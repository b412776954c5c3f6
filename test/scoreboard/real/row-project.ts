// A project for one row: flows in a temporary folder, a database on the row's store, and all the processes of both.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import {
  answeredRun,
  decode,
  type Command as EngineCommand,
  encode,
  type RunId,
  type TaskRunRow,
  type VersionId,
} from "@millrace/core";
import { openRuntime, type Runtime, type RuntimeOptions } from "@millrace/server";
import { type Command, startMillrace } from "../../durability/command.ts";
import { killNow, MOMENT_VARIABLE, type Process, processesOf } from "../../durability/processes.ts";
import { install } from "../../durability/trial.ts";
import { ROOT } from "../../setup/installed.ts";
import type { RowSetting } from "../row.ts";

const ZOD = path.join(ROOT, "node_modules/zod");
const PACKAGE = '{ "name": "row", "private": true, "type": "module" }';
export const DATABASE_VARIABLE = "MILLRACE_DATABASE_URL";

/** Files by path. A package.json is there unless given. */
export type ProjectFiles = Readonly<Record<string, string>>;

export class RowProject {
  readonly dir: string;
  /** The address of the database where it is not the project's own. */
  readonly databaseUrl: string | null;
  readonly #runtimes: Runtime[] = [];

  private constructor(dir: string, databaseUrl: string | null) {
    this.dir = dir;
    this.databaseUrl = databaseUrl;
  }

  static async make(at: RowSetting, files: ProjectFiles): Promise<RowProject> {
    const dir = mkdtempSync(path.join(tmpdir(), "row-"));
    const project = new RowProject(dir, at.store === "postgres" ? await at.postgresUrl() : null);
    for (const [file, text] of Object.entries({ "package.json": PACKAGE, ...files })) project.write(file, text);
    // Whose bodies start and end is in the file `journal`, for the rows that look.
    install(dir, { zod: ZOD });
    // Processes of this one start with both, whoever starts them: a command line, or an executor in this process.
    Object.assign(process.env, project.env);
    return project;
  }

  /** What the processes of the project have in their environment. */
  get env(): Readonly<Record<string, string>> {
    const marked = { [MOMENT_VARIABLE]: this.id, DURABILITY_JOURNAL: this.journal };
    return this.databaseUrl === null ? marked : { ...marked, [DATABASE_VARIABLE]: this.databaseUrl };
  }

  /** What finds its processes. */
  get id(): string {
    return path.basename(this.dir);
  }

  /** Where `takeSnapshot` finds its database. */
  get database(): string {
    return this.databaseUrl ?? this.path(".millrace/millrace.db");
  }

  get journal(): string {
    return this.path("journal");
  }

  path(...parts: readonly string[]): string {
    return path.join(this.dir, ...parts);
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
    return startMillrace({ dir: this.dir, env: { ...this.env, ...env } }, args);
  }

  /** A server of the project in this process. */
  async open(options: Partial<RuntimeOptions> = {}): Promise<Work> {
    const runtime = await openRuntime({ projectDir: this.dir, actor: "the row", ...options });
    this.#runtimes.push(runtime);
    const broken = runtime.build?.diagnostics.find(({ severity }) => severity === "error");
    if (broken !== undefined) throw new Error(`${broken.file}: ${broken.message}`);
    return new Work(runtime);
  }

  /** Living processes of the project, without this one. */
  processes(): Process[] {
    return processesOf(this.id);
  }

  async close(): Promise<void> {
    for (const runtime of this.#runtimes.splice(0)) await runtime.stop();
    killNow(this.processes());
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A server in this process, as rows use it. */
export class Work {
  readonly runtime: Runtime;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Asks for a run. Resolves when the run is there. */
  async begin(flow: string, params: unknown = {}, version: VersionId | null = null): Promise<RunId> {
    const command: EngineCommand = {
      kind: "request_run",
      flow,
      params: encode(params),
      window: null,
      version,
      selection: null,
      idempotencyKey: null,
    };
    const answer = await this.runtime.submit(command);
    return answeredRun(answer);
  }

  async cancel(run: RunId): Promise<void> {
    const answer = await this.runtime.submit({ kind: "cancel_run", run });
    if (!answer.ok) throw new Error(`run ${run} was not cancelled: ${answer.error.message}`);
  }

  /** What the tasks of a run gave, as far as it is kept inline. */
  async outputs(run: RunId): Promise<unknown[]> {
    const { store } = this.runtime;
    const outputs: unknown[] = [];
    for (const { node, item } of await store.history.listTaskRuns(run)) {
      const value = await store.findOutput(run, node, item);
      if (value?.kind === "inline") outputs.push(decode(value.text));
    }
    return outputs;
  }

  /** All task runs of a task; of a mapped one, its items. */
  async taskRuns(run: RunId, task: string): Promise<TaskRunRow[]> {
    const { history } = this.runtime.store;
    const row = await history.findRun(run);
    if (row === undefined) throw new Error(`there is no run ${run}`);
    const { flows } = await this.runtime.flows(row.version);
    const spec = flows.find((flow) => flow.spec.name === row.flow)?.spec;
    const rows = await history.listTaskRuns(run);
    return rows.filter(({ node, hook }) => {
      const found = spec?.nodes[node];
      return found?.id === task && found.kind === "task" && hook === "";
    });
  }
}
