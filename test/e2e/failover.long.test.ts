// Several servers on one project, as processes: one dies, is asked to leave, or is frozen, and the work goes on.
import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/shared-postgres.ts";
import { type CliProcess, type CliRecord, TemporaryProject } from "./temporary-project.ts";

/** `first`, then `gate`, which notes its process and goes on once the file `go` is there, then `last`. */
const GATED = `import { flow, task } from "millrace";
import { appendFileSync, existsSync, watch } from "node:fs";

const note = (text: string) => appendFileSync("ran", text + "\\n");
const first = task("first", () => {
  note("first");
  return 1;
});
const gate = task("gate", async ({ n }: { n: number }, { signal }) => {
  note("gate");
  const opened = new Promise<void>((resolve, reject) => {
    const watcher = watch(".", () => {
      if (!existsSync("go")) return;
      watcher.close();
      resolve();
    });
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  appendFileSync("pids", process.pid + "\\n");
  if (!existsSync("go")) await opened;
  return n + 1;
});
const last = task("last", ({ n }: { n: number }) => note("last " + n));
export default flow("gated", () => {
  last({ n: gate({ n: first() }) });
});
`;

type Kind = "SQLite" | "PostgreSQL";

/** A project with two servers: one leads, one stands by. */
async function twoServers(
  kind: Kind,
  options: readonly string[] = [],
): Promise<{
  project: TemporaryProject;
  env: Readonly<Record<string, string>>;
  leader: CliProcess;
  standby: CliProcess;
}> {
  const project = new TemporaryProject({ "flows/gated.ts": GATED });
  const env = kind === "SQLite" ? {} : { MILLRACE_DATABASE_URL: await databaseUrl() };
  const leader = project.start(["server", "--json", ...options], { env });
  await leader.untilRecord(({ type }) => type === "server.leading");
  const standby = project.start(["server", "--stored", "--json"], { env });
  await standby.untilRecord(({ type }) => type === "server.standing_by");
  return { project, env, leader, standby };
}

async function databaseUrl(): Promise<string> {
  const database = await freshDatabase();
  onTestFinished(() => database.remove());
  return database.url;
}

function ran(project: TemporaryProject): string[] {
  return readFileSync(project.path("ran"), "utf8").trim().split("\n");
}

const adoptsOne = ({ type, ...fields }: CliRecord): boolean => type === "server.adopting" && fields["attempts"] === 1;
const holdsOne = ({ type, ...fields }: CliRecord): boolean => type === "server.holding" && fields["attempts"] === 1;
const leads =
  (epoch: number) =>
  ({ type, ...fields }: CliRecord): boolean =>
    type === "server.leading" && fields["epoch"] === epoch;

const OUTCOME = { type: "run.finished", state: "success", tasks: { success: 3 } };

describe("a leader that is asked to leave", () => {
  test("brings what runs there to its end, and the next one records it", async () => {
    const { project, env, leader, standby } = await twoServers("SQLite");
    const following = project.start(["run", "gated", "--json"], { env });
    await project.untilFile("pids");
    leader.child.kill("SIGTERM");
    await leader.untilRecord(holdsOne);
    await standby.untilRecord(adoptsOne);
    project.write("go", "");
    const { code, records } = await following.ended;
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject(OUTCOME);
    expect(ran(project)).toEqual(["first", "gate", "last 2"]);
    expect(await leader.ended).toMatchObject({ code: 0 });
    const status = await project.run(["server", "status", "--json"], { env });
    expect(status.records.filter(({ type }) => type === "server")).toMatchObject([{ pid: standby.child.pid }]);
  });

  test("cancels what does not end in time, and the next one tries it again at no cost", async () => {
    const { project, env, leader, standby } = await twoServers("SQLite", ["--drain", "0s"]);
    const following = project.start(["run", "gated", "--json"], { env });
    await project.untilFile("pids");
    leader.child.kill("SIGTERM");
    expect(await leader.ended).toMatchObject({ code: 0 });
    await standby.untilRecord(leads(2));
    const retrying = await following.untilRecord(({ type }) => type === "task.retrying");
    expect(retrying).toMatchObject({ task: "gate", error: { code: "PROCESS_DIED" } });
    project.write("go", "");
    const { code, records } = await following.ended;
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject(OUTCOME);
    expect(ran(project)).toEqual(["first", "gate", "gate", "last 2"]);
    // The task has no retries, and none was spent.
    const [, again] = records.filter(({ type, task }) => type === "task.started" && task === "gate");
    expect(again).toMatchObject({ try: 1 });
  });
});

describe("on PostgreSQL, when the leader", () => {
  test("is killed, the other one finishes the run, and no finished task runs again", async () => {
    const { project, env, leader, standby } = await twoServers("PostgreSQL");
    const following = project.start(["run", "gated", "--json"], { env });
    await project.untilFile("pids");
    leader.child.kill("SIGKILL");
    await standby.untilRecord(leads(2));
    project.write("go", "");
    const { code, records } = await following.ended;
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject(OUTCOME);
    expect(ran(project)).toEqual(["first", "gate", "gate", "last 2"]);
    standby.child.kill("SIGTERM");
    expect(await standby.ended).toMatchObject({ code: 0 });
  });

  test("is frozen, it writes nothing more, keeps its attempt for the next one, and may lead again", async () => {
    const { project, env, leader, standby } = await twoServers("PostgreSQL");
    const following = project.start(["run", "gated", "--json"], { env });
    await project.untilFile("pids");
    leader.child.kill("SIGSTOP");
    await standby.untilRecord(adoptsOne);
    leader.child.kill("SIGCONT");
    await leader.untilRecord(holdsOne);
    project.write("go", "");
    const { code, records } = await following.ended;
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject(OUTCOME);
    expect(ran(project)).toEqual(["first", "gate", "last 2"]);
    standby.child.kill("SIGTERM");
    await leader.untilRecord(leads(3));
    expect(await standby.ended).toMatchObject({ code: 0 });
  });
});
