// Who may come in, from the first start of a server on a network to a program with a token.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const FLOW = `import { writeFileSync } from "node:fs";
import { flow, task } from "millrace";
const hello = task("hello", (_: {}, { log }) => { log.info("hello"); return 1; });
export const orders = flow("orders-daily", () => { hello({}); });
const self = task("self", async (_: {}, { apiToken, variable, run, log, projectDir }) => {
  const token = await apiToken();
  const url = await variable("api");
  const ask = async (path: string, more: object = {}) => {
    const answer = await fetch(url + "/api/v1/" + path, { headers: { authorization: "Bearer " + token }, ...more });
    return [answer.status, await answer.json()] as const;
  };
  const [status, own] = await ask("runs/" + run.id);
  const [me] = await ask("me");
  const [cancel] = await ask("runs/" + run.id + "/cancel", { headers: { authorization: "Bearer " + token }, method: "POST" });
  const [other] = await ask("flows/salaries");
  log.info("the token is " + token);
  writeFileSync(projectDir + "/token", token);
  const told = [status, own.flow, own.state, me, cancel, other].join(" ");
  if (told !== "200 orders-own running 403 403 403") throw new Error(told);
});
export const own = flow("orders-own", () => self({}));
export const pay = flow("salaries", () => { hello({}); });
`;
const PASSWORD = "three blind mice";

test("a server on a network lets nobody in, then whom the command line says, as far as it says", async () => {
  const project = new TemporaryProject({ "flows/flows.ts": FLOW });
  const server = project.start(["server", "--host", "0.0.0.0", "--port", "0", "--json"]);
  const { address } = await server.untilRecord(({ type }) => type === "server.listening");
  const access = await server.untilRecord(({ type }) => type === "server.access");
  expect(access).toMatchObject({ needs: "setup", setupToken: expect.stringMatching(/^mrsetup_[\w-]{43}$/) });
  const env = { MILLRACE_SERVER: String(address).replace("0.0.0.0", "127.0.0.1"), MILLRACE_PROJECT: "/nowhere" };
  const refused = await project.run(["list"], { env });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("UNAUTHENTICATED")]);

  const added = await project.run(["user", "add", "ana"], { stdin: `${PASSWORD}\n` });
  expect([added.code, added.stdout]).toEqual([0, expect.stringContaining("ana is added, and is admin")]);
  const weak = await project.run(["user", "add", "ben"], { stdin: "short\n" });
  expect([weak.code, weak.stderr]).toEqual([2, expect.stringContaining("12 are the least")]);
  // Made by the command line in another process, and the server that runs knows.
  const body = JSON.stringify({ token: access["setupToken"], name: "eve", password: PASSWORD });
  const headers = { "content-type": "application/json" };
  const late = await fetch(`${env.MILLRACE_SERVER}/api/v1/setup`, { method: "POST", headers, body });
  expect(late.status).toBe(401);

  const made = await project.run([
    "token",
    "create",
    "ci",
    "--grant",
    "operator:orders-*",
    "--expires",
    "1d",
    "--quiet",
  ]);
  expect(made.stdout).toMatch(/^mr_[\w-]{43}\n$/);
  const asCi = { env: { ...env, MILLRACE_API_TOKEN: made.stdout.trim() } };
  const listed = await project.run(["list", "--json"], asCi);
  expect(listed.records).toMatchObject([
    { type: "flow", name: "orders-daily" },
    { type: "flow", name: "orders-own" },
  ]);
  expect((await project.run(["run", "orders-daily"], asCi)).code).toBe(0);
  const other = await project.run(["run", "salaries"], asCi);
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("the permission")]);

  expect((await project.run(["variable", "set", "api", String(env.MILLRACE_SERVER)])).code).toBe(0);
  const own = await project.run(["run", "orders-own"], asCi);
  expect([own.code, own.stderr]).toEqual([0, expect.any(String)]);
  const token = readFileSync(project.path("token"), "utf8");
  expect(token).toMatch(/^mra_[\w-]+\.[\w-]{43}$/);
  const answer = await fetch(`${env.MILLRACE_SERVER}/api/v1/flows`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
  const log = await project.run(["logs", "latest"], asCi);
  expect(log.stdout).toContain("the token is ***");

  const tokens = await project.run(["token", "list", "--json"]);
  expect(tokens.records).toMatchObject([{ type: "token", name: "ci", usedFrom: expect.any(String) }]);
  expect((await project.run(["token", "revoke", "ci"])).code).toBe(0);
  expect((await project.run(["list"], asCi)).code).toBe(2);
  const record = await project.run(["audit", "list", "--json"]);
  const said = record.stdout;
  for (const action of ["createUser", "createToken", "startRun", "revokeToken"]) expect(said).toContain(action);
  for (const secret of [PASSWORD, made.stdout.trim()]) expect(said).not.toContain(secret);
  expect(said).toContain("token:ci");
});

test("a worker is let in by its token, and cut off when that is revoked", async () => {
  const project = new TemporaryProject({ "flows/flows.ts": FLOW });
  const server = project.start(["server", "--host", "0.0.0.0", "--port", "0", "--json"]);
  const { address } = await server.untilRecord(({ type }) => type === "server.listening");
  const url = String(address).replace("0.0.0.0", "127.0.0.1");
  const stranger = await project.run(["worker", "--server", url, "--json"]);
  expect([stranger.code, stranger.stdout]).toEqual([3, expect.stringContaining("A worker shows its token")]);
  const made = await project.run(["token", "create", "w1", "--worker", "--quiet"]);
  const env = { MILLRACE_WORKER_TOKEN: made.stdout.trim() };
  const worker = project.start(["worker", "--server", url, "--json"], { env });
  await worker.untilRecord(({ type }) => type === "worker.connected");
  expect((await project.run(["token", "revoke", "w1", "--worker"])).code).toBe(0);
  await worker.untilRecord(({ type }) => type === "worker.disconnected");
  // It asks again, as it would of a server that was away, and is told why it is not let in.
  expect(await worker.untilLine(/lets nobody in/)).toContain("worker.waiting");
});
