// Workers in processes of their own: what a server leaves to them, and what becomes of it when either dies.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { type CliProcess, type CliRecord, TemporaryProject } from "./temporary-project.ts";

/** `gate` notes its process and goes on once the file `go` is there. It says something before and after. */
const FLOWS = `import { flow, task } from "millrace";
import { appendFileSync, existsSync, watch } from "node:fs";

const note = (text: string) => appendFileSync("ran", text + "\\n");
const opened = (signal: AbortSignal) => new Promise<void>((resolve, reject) => {
  if (existsSync("go")) return resolve();
  const watcher = watch(".", () => {
    if (!existsSync("go")) return;
    watcher.close();
    resolve();
  });
  signal.addEventListener("abort", () => reject(signal.reason));
});
const gate = task("gate", async (_: {}, { log, signal }) => {
  note("gate");
  log.info("before");
  appendFileSync("pids", process.pid + "\\n");
  await opened(signal);
  log.info("after");
  return 1;
});
const last = task("last", ({ n }: { n: number }) => note("last " + n));
export const gated = flow("gated", () => { last({ n: gate({}) }); });

const large = task("large", () => "x".repeat(300_000));
const count = task("count", { workers: { gpu: "a100" } }, async ({ text }: { text: string }, { log, secret, apiToken }) => {
  log.info("the secret is " + (await secret("key")));
  const token = await apiToken();
  log.info("a token " + token.startsWith("mra_") + " " + token);
  return text.length;
});
export const labelled = flow("labelled", () => count({ text: large({}) }));
`;

const named =
  (type: string) =>
  (record: CliRecord): boolean =>
    record.type === type;

/** A server that runs nothing itself. */
async function openServer(project: TemporaryProject, port = "0"): Promise<{ server: CliProcess; address: string }> {
  const server = project.start(["server", "--role", "api,engine", "--port", port, "--json"]);
  const { address } = await server.untilRecord(named("server.listening"));
  return { server, address: String(address) };
}

async function openWorker(
  project: TemporaryProject,
  address: string,
  more: readonly string[] = [],
): Promise<CliProcess> {
  const worker = project.start(["worker", "--server", address, "--json", ...more]);
  await worker.untilRecord(named("worker.connected"));
  return worker;
}

async function started(project: TemporaryProject): Promise<string> {
  const { records } = await project.run(["run", "gated", "--detach", "--json"]);
  await project.untilFile("pids");
  return String(records.find(({ run }) => run !== undefined)?.["run"]);
}

function ran(project: TemporaryProject): string[] {
  return readFileSync(project.path("ran"), "utf8").trim().split("\n");
}

async function finish(project: TemporaryProject, run: string): Promise<void> {
  project.write("go", "");
  const { code, records } = await project.run(["watch", run, "--json"]);
  expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "success" });
  expect(code).toBe(0);
}

/** Where each attempt of a task ran. */
async function placesOf(address: string, run: string, task: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${address}/api/v1/runs/${run}/attempts`);
  const { items } = (await answer.json()) as { items: readonly { task: string; place: unknown }[] };
  return items.filter((each) => each.task === task).map(({ place }) => place);
}

describe("a worker", () => {
  test("runs what the server leaves to it, with large values, secrets and logs, where its labels are asked for", async () => {
    const project = new TemporaryProject({ "flows/flows.ts": FLOWS });
    await project.run(["secret", "set", "key"], { stdin: "open sesame" });
    const { server, address } = await openServer(project);
    const plain = await openWorker(project, address, ["--name", "plain"]);
    const following = project.start(["run", "labelled", "--json"]);
    await following.untilRecord(({ type, task }) => type === "task.finished" && task === "large");
    const { run } = await following.untilRecord(({ run: known }) => known !== undefined);
    const why = await project.run(["why", String(run), "--json"]);
    expect(JSON.stringify(why.records)).toContain("waits for a worker with gpu=a100: none is there");
    const special = await openWorker(project, address, ["--name", "special", "--label", "gpu=a100"]);
    expect(await following.ended).toMatchObject({ code: 0 });
    const output = await project.run(["output", String(run), "count"]);
    expect(output.stdout.trim()).toBe("300000");
    const logs = await project.run(["logs", String(run), "--json"]);
    expect(logs.records).toContainEqual(expect.objectContaining({ text: "the secret is ***" }));
    expect(logs.records).toContainEqual(expect.objectContaining({ text: "a token true ***" }));
    const status = await project.run(["server", "status", "--json"]);
    expect(status.records.filter(({ type }) => type === "worker")).toMatchObject([
      { name: "plain" },
      { name: "special" },
    ]);
    const { items } = (await (await fetch(`${address}/api/v1/workers`)).json()) as { items: unknown };
    expect(items).toMatchObject([
      { name: "plain", labels: {} },
      { name: "special", labels: { gpu: "a100" } },
    ]);
    expect(await placesOf(address, String(run), "count")).toEqual([
      { worker: "special", host: hostname(), pid: special.child.pid },
    ]);
    // One that drains is given nothing new, until that is taken back.
    expect(await project.run(["server", "drain", "plain"])).toMatchObject({ code: 0 });
    const gated = await started(project);
    const now = async (): Promise<unknown> => {
      const answer = await fetch(`${address}/api/v1/workers`);
      const { items: workers } = (await answer.json()) as { items: readonly Record<string, unknown>[] };
      return workers.map(({ name, slots, running }) => ({ name, takes: Number(slots) > 0, running }));
    };
    expect(await now()).toMatchObject([
      { name: "plain", takes: false, running: [] },
      { name: "special", takes: true, running: [{ flow: "gated", task: "gate" }] },
    ]);
    await finish(project, gated);
    expect(await project.run(["server", "undrain", "plain"])).toMatchObject({ code: 0 });
    expect(await now()).toMatchObject([{ name: "plain", takes: true }, { name: "special" }]);
    expect(await project.run(["server", "drain", "nobody"])).toMatchObject({ code: 2 });
    for (const process of [plain, special, server]) {
      process.child.kill("SIGTERM");
      expect(await process.ended).toMatchObject({ code: 0 });
    }
  });

  test("keeps its attempt while the server is killed and started again, and tells what came of it once", async () => {
    const project = new TemporaryProject({ "flows/flows.ts": FLOWS });
    const { server, address } = await openServer(project);
    const worker = await openWorker(project, address);
    const run = await started(project);
    server.child.kill("SIGKILL");
    await worker.untilRecord(named("worker.disconnected"));
    const again = await openServer(project, new URL(address).port);
    await again.server.untilRecord(named("server.worker"));
    await finish(project, run);
    expect(ran(project)).toEqual(["gate", "last 1"]);
    const logs = await project.run(["logs", run, "--json"]);
    expect(logs.records.map(({ text }) => text)).toEqual(["before", "after"]);
    expect(await placesOf(address, run, "gate")).toMatchObject([{ pid: worker.child.pid }]);
    // The other way round: it is asked to leave, and what runs there may end before it does.
    const process = project.start(["run", "gated", "--json"]);
    await process.untilRecord(named("run.finished"));
    worker.child.kill("SIGTERM");
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  test("that is killed loses its attempt to another, which costs the task nothing", async () => {
    const project = new TemporaryProject({ "flows/flows.ts": FLOWS });
    const { address } = await openServer(project);
    const first = await openWorker(project, address);
    const run = await started(project);
    await openWorker(project, address);
    first.child.kill("SIGKILL");
    const following = project.start(["watch", run, "--json"]);
    const retrying = await following.untilRecord(named("task.retrying"));
    expect(retrying).toMatchObject({ task: "gate", error: { code: "PROCESS_DIED" } });
    await finish(project, run);
    expect(ran(project)).toEqual(["gate", "gate", "last 1"]);
  });

  test("needs its own kind of token where people log in", async () => {
    const project = new TemporaryProject({ "flows/flows.ts": FLOWS });
    const { address } = await openServer(project);
    await project.run(["user", "add", "ada", "--grant", "admin", "--no-password"]);
    const nobody = await project.run(["worker", "--server", address]);
    expect(nobody).toMatchObject({ code: 3 });
    expect(nobody.stderr).toContain("A worker shows its token");
    const tokenOf = async (more: readonly string[]): Promise<string> => {
      const { records } = await project.run(["token", "create", ...more, "--json"]);
      return String(records[0]?.["token"]);
    };
    const env = { MILLRACE_WORKER_TOKEN: await tokenOf(["ci", "--grant", "admin"]) };
    const api = await project.run(["worker", "--server", address], { env });
    expect(api.code).toBe(3);
    expect(api.stderr).toContain("Only a worker's token lets a worker in");
    project.write("token", await tokenOf(["box", "--worker"]));
    const worker = project.start(["worker", "--server", address, "--token-file", "token", "--json"]);
    await worker.untilRecord(named("worker.connected"));
    worker.child.kill("SIGTERM");
    expect(await worker.ended).toMatchObject({ code: 0 });
  });
});
