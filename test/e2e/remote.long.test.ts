// Commands that go to a server elsewhere: they have its address, and no project.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const FLOW = `import { existsSync } from "node:fs";
import { flow, task } from "millrace";
import { z } from "zod";
const begin = task("begin", ({ name }: { name: string }, { log }) => {
  log.info("hello " + name);
  return [1, 2];
});
const part = task("part", ({ n }: { n: number }) => n);
const finish = task("finish", async ({ parts }: { parts: number[] }, { signal }) => {
  while (!existsSync("go") && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  return parts.length;
});
export default flow("work", { params: z.object({ name: z.string() }) }, ({ params }) => {
  const list = begin({ name: params.name });
  finish({ parts: part.each(list, (n) => ({ n })) });
});
`;

/** Two projects: one with a server, and a folder that is none and knows the server's address. */
async function serverAndStranger() {
  const config = 'export default defineConfig({ workers: 2, server: { port: 0, drain: "1s" } });';
  const project = new TemporaryProject({
    "flows/work.ts": FLOW,
    "millrace.config.ts": `import { defineConfig } from "millrace";\n${config}\n`,
  });
  const server = project.start(["server", "--json"]);
  const listening = await server.untilRecord(({ type }) => type === "server.listening");
  const env = { MILLRACE_SERVER: String(listening["address"]), MILLRACE_PROJECT: "/nowhere" };
  return { project, server, env };
}

test("a run of a server is started, left, watched, cancelled, repeated and read from elsewhere", async () => {
  const { project, env } = await serverAndStranger();
  const listed = await project.run(["list", "--json"], { env });
  expect(listed.records).toMatchObject([{ type: "flow", name: "work", tasks: 3 }]);
  const shown = await project.run(["show", "work"], { env });
  expect(shown.stdout).toMatch(/name: string \(required\)[\s\S]*part {2}map of function {2}← begin/);

  const first = project.start(["run", "work", "-p", "name=Ada", "--json"], { env });
  const started = await first.untilRecord((record) => record.type === "task.started" && record["task"] === "finish");
  const run = String(started["run"]);
  first.child.kill("SIGINT");
  expect((await first.ended).code).toBe(130);

  // Beside the server, in its project, it is the same: the run is the server's.
  const beside = project.start(["run", "work", "-p", "name=Bob", "--json"]);
  const other = await beside.untilRecord((record) => record.type === "task.started" && record["task"] === "finish");
  beside.child.kill("SIGINT");
  expect((await beside.ended).code).toBe(130);

  const runs = await project.run(["runs", "--json"], { env });
  expect(runs.records).toMatchObject([
    { run: other["run"], state: "running" },
    { run, state: "running" },
  ]);
  expect((await project.run(["cancel", String(other["run"])])).code).toBe(0);
  const watching = project.start(["watch", run, "--json"], { env });
  const plain = project.start(["watch", run.slice(0, 20)], { env });
  await plain.untilLine(/^work /);
  expect((await project.run(["cancel", run], { env })).code).toBe(0);
  const watched = await watching.ended;
  expect([watched.code, watched.records.at(-1)]).toMatchObject([1, { type: "run.finished", state: "cancelled" }]);
  expect((await plain.ended).stdout).toContain("cancelled in");

  project.write("go", "");
  const again = await project.run(["retry", run, "--all", "--json"], { env });
  expect([again.code, again.records.at(-1)]).toMatchObject([
    0,
    { type: "run.finished", state: "success", tasks: { success: 4 } },
  ]);
  expect(await project.run(["output", "latest", "part[1]"], { env })).toMatchObject({ code: 0, stdout: "2\n" });
  const logs = await project.run(["logs", "latest", "--task", "begin", "--json"], { env });
  expect(logs.records).toMatchObject([{ task: "begin", text: "hello Ada" }]);
  expect((await project.run(["why", run], { env })).stdout).toContain("finish");
  expect((await project.run(["api", "get", "runs?state=success", "--json"], { env })).records).toMatchObject([
    { items: [{ rerunOf: run }] },
  ]);
});

test("what goes wrong with a server elsewhere has its exit code, and tokens go in a header", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(403, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ code: "FORBIDDEN", detail: "The token may not read this." }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const project = new TemporaryProject({ token: "mr_of_a_file\n" });
  const ofEnv = await project.run(["runs", "--server", url], { env: { MILLRACE_API_TOKEN: "mr_of_env" } });
  const ofFile = await project.run(["watch", "--server", url, "--token-file", "token"]);
  expect([ofEnv, ofFile]).toMatchObject([
    { code: 2, stderr: expect.stringContaining("The token may not read this.") },
    { code: 2, stderr: expect.stringContaining("chmod 600") },
  ]);
  expect(seen).toEqual(["Bearer mr_of_env", "Bearer mr_of_a_file"]);
  const away = await project.run(["run", "work", "--server", "http://127.0.0.1:9", "--json"]);
  expect([away.code, away.records]).toMatchObject([3, [{ type: "error", error: { code: "NO_SERVER" } }]]);
  const odd = await project.run(["logs", "latest", "--server", "localhost:7430"]);
  expect([odd.code, odd.stderr]).toMatchObject([2, expect.stringContaining("Write it with http://")]);
  const here = await project.run(["pool", "list"], { env: { MILLRACE_SERVER: url } });
  expect(here.stderr).toContain("works on the project here");
});
