// A server that makes runs of events, as a process: webhooks, files, ends of flows, and people who decide.
import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type CliProcess, type CliRecord, TemporaryProject } from "./temporary-project.ts";

const SECRET = randomBytes(24);
const ENV = { SHOP_SECRET: `whsec_${SECRET.toString("base64")}` };

const FLOWS = `
import { writeFileSync } from "node:fs";
import { approval, env, flow, onFile, onFlow, task, webhook } from "millrace";

const load = task("load", (input: unknown) => input);
const tell = task("tell", (input: { path: string }) => writeFileSync("told-" + input.path.replaceAll("/", "-"), "yes"));
const release = approval("release", { message: "Publish?", timeout: "8h" });
const publish = task("publish", (input: { by: string | null }) => writeFileSync("published", String(input.by)));

export const orders = flow("orders", { triggers: webhook({ secret: env("SHOP_SECRET"), params: () => ({}) }) }, () => {
  load({});
});
export const after = flow("after", { triggers: onFlow(orders) }, () => {
  tell({ path: "after" });
});
export const files = flow("files", { triggers: onFile("in/*.csv", { every: "1s", settled: 0 }) }, () => {
  tell({ path: "file" });
});
export const monthly = flow("monthly", () => {
  const decided = release();
  publish({ by: decided.by });
});
`;

async function startServer(project: TemporaryProject): Promise<{ server: CliProcess; address: string }> {
  const server = project.start(["server", "--port", "0", "--json"], { env: ENV });
  await server.untilRecord(({ type }) => type === "server.scheduling");
  const { address } = await server.untilRecord(({ type }) => type === "server.listening");
  return { server, address: String(address) };
}

async function send(address: string, id: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", SECRET).update(`${id}.${timestamp}.{}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  const json = { "content-type": "application/json" };
  return (await fetch(`${address}/hooks/orders`, { method: "POST", body: "{}", headers: { ...headers, ...json } }))
    .status;
}

async function recordsOf(project: TemporaryProject, line: readonly string[]): Promise<readonly CliRecord[]> {
  return (await project.run([...line, "--json"], { env: ENV })).records;
}

describe("events", () => {
  test("make runs, each once, whatever becomes of the server", async () => {
    const project = new TemporaryProject({ "flows/events.ts": FLOWS, "in/a.csv": "1" });
    const first = await startServer(project);
    expect([await send(first.address, "a"), await send(first.address, "a")]).toEqual([202, 409]);
    await project.untilFile("told-after");
    await project.untilFile("told-file");
    first.server.child.kill("SIGKILL");
    await first.server.ended;

    const second = await startServer(project);
    expect([await send(second.address, "a"), await send(second.address, "b")]).toEqual([409, 202]);
    const ticks = await recordsOf(project, ["trigger", "ticks", "orders"]);
    expect(ticks.map(({ key, outcome }) => [key, outcome])).toEqual([
      ["b", "run"],
      ["a", "run"],
    ]);
    const fired = await project.run(["trigger", "fire", "orders", "--key", "b", "--json"], { env: ENV });
    expect(fired.records).toMatchObject([{ type: "trigger.fired", outcome: "known" }]);
    const runs = await recordsOf(project, ["runs", "--flow", "files"]);
    expect(runs).toHaveLength(1);
  });

  test("are held back while their trigger is paused", async () => {
    const project = new TemporaryProject({ "flows/events.ts": FLOWS });
    const { address } = await startServer(project);
    const paused = await project.run(["trigger", "pause", "orders", "webhook", "--reason", "too loud"], { env: ENV });
    expect(paused.stdout).toBe("paused webhook of orders\n");
    expect(await send(address, "a")).toBe(202);
    const [trigger] = await recordsOf(project, ["trigger", "list"]).then((all) =>
      all.filter(({ flow }) => flow === "orders"),
    );
    expect(trigger).toMatchObject({ paused: { reason: "too loud" }, last: { key: "a", outcome: "skipped" } });
    expect((await project.run(["trigger", "resume", "orders"], { env: ENV })).code).toBe(0);
    expect(await send(address, "b")).toBe(202);
  });

  test("a person decides, after the server that asked is gone", async () => {
    const project = new TemporaryProject({ "flows/events.ts": FLOWS });
    const first = await startServer(project);
    const detached = await project.run(["run", "monthly", "--detach"], { env: ENV });
    const run = detached.stdout.trim();
    let waiting = await recordsOf(project, ["approval", "list"]);
    while (waiting.length === 0) waiting = await recordsOf(project, ["approval", "list"]);
    expect(waiting).toMatchObject([{ type: "approval", run, task: "release", message: "Publish?" }]);
    first.server.child.kill("SIGKILL");
    await first.server.ended;
    await startServer(project);
    const decided = await project.run(["approval", "approve", run, "release", "--comment", "go"], { env: ENV });
    expect([decided.code, decided.stdout]).toEqual([0, `approved release of monthly ${run}\n`]);
    expect(await project.untilFile("published")).not.toBe("");
    const again = await project.run(["approval", "reject", run], { env: ENV });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("NOT_WAITING")]);
  });

  test("are asked for in ways that make sense", async () => {
    const project = new TemporaryProject({ "flows/events.ts": FLOWS });
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["trigger", "fire"], "<flow> is missing"],
      [["trigger", "list", "orders"], "one argument too many"],
      [["trigger", "list", "--limit", "3"], "takes no --limit"],
      [["trigger", "fire", "orders", "--payload", "{"], "--payload is not JSON"],
      [["trigger", "fire", "monthly"], "has no trigger"],
      [["approval", "approve"], "<run> is missing"],
      [["server", "--port", "70000"], "--port cannot be"],
    ];
    await project.run(["check"], { env: ENV });
    for (const [line, message] of wrong) {
      const { code, stderr } = await project.run(line, { env: ENV });
      expect([line, code, stderr]).toEqual([line, 2, expect.stringContaining(message)]);
    }
  });
});
