// Servers as processes, and a program that knows them by HTTP alone.
import { connect, type RunEvent } from "@millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/shared-postgres.ts";
import { type CliProcess, TemporaryProject } from "./temporary-project.ts";

const FLOWS = `import { flow, task } from "millrace";
import { z } from "zod";
const greet = task("greet", ({ name }: { name: string }, { log }) => {
  log.info("hello " + name);
  return name.length;
});
export default flow("greeting", { params: z.object({ name: z.string().default("you") }) }, ({ params }) => {
  greet({ name: params.name });
});
`;

interface Params {
  readonly greeting: { readonly name?: string };
  readonly [flow: string]: object;
}

async function addressOf(server: CliProcess): Promise<string> {
  const record = await server.untilRecord(({ type }) => type === "server.listening");
  return String(record["address"]);
}

/** Gathers events until the run with this id has finished. */
async function untilFinished(events: AsyncIterable<RunEvent>, run: string): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (event.run === run && event.type === "run.finished") break;
  }
  return seen;
}

test("a program runs a flow, follows it, and reads what it said", async () => {
  const project = new TemporaryProject({ "flows/greeting.ts": FLOWS });
  const url = await addressOf(project.start(["server", "--port", "0", "--json"]));
  const client = connect<Params>({ url });
  const run = await client.flow("greeting").run({ name: "Ada" });
  const ended = await client.runs.whenEnded(run);
  expect(ended).toMatchObject({ state: "success", params: { name: "Ada" }, trigger: { kind: "manual", actor: "api" } });
  const events = await untilFinished(client.events({ after: 0, flow: "greeting" }), run);
  expect(events.map(({ type }) => type)).toEqual([
    "run.queued",
    "run.started",
    "task.started",
    "task.finished",
    "run.finished",
  ]);
  const { items } = await client.call("listAttempts", { params: { run } });
  const lines: string[] = [];
  for await (const { text } of client.runs.log(run, items[0]?.id ?? 0)) lines.push(text);
  expect(lines).toEqual(["hello Ada"]);
  const all: string[] = [];
  for await (const { id } of client.runs.all({ limit: 1 })) all.push(id);
  expect(all).toEqual([run]);
});

test("what the server refuses is thrown with its code, and no server at all is said plainly", async () => {
  const project = new TemporaryProject({ "flows/greeting.ts": FLOWS });
  const url = await addressOf(project.start(["server", "--port", "0", "--json"]));
  const client = connect({ url });
  await expect(client.flow("greeting").run({ name: 7 })).rejects.toMatchObject({
    name: "MillraceError",
    code: "INVALID_PARAMS",
  });
  await expect(client.flow("greting").run()).rejects.toMatchObject({
    code: "UNKNOWN_FLOW",
    hint: expect.stringContaining("greeting"),
  });
  await expect(client.runs.list({ limit: 0 })).rejects.toMatchObject({ code: "USAGE" });
  await expect(connect({ url: "http://127.0.0.1:1" }).flows()).rejects.toMatchObject({ code: "NO_SERVER" });
});

test("an address that others reach takes webhooks, and asks who calls its API", async () => {
  const project = new TemporaryProject({ "flows/greeting.ts": FLOWS });
  const server = project.start(["server", "--port", "0", "--host", "0.0.0.0", "--json"]);
  const { port } = new URL(await addressOf(server));
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/runs`)).status).toBe(401);
});

test("two servers serve one stream, and a reader of one misses nothing when the other dies", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.remove());
  const project = new TemporaryProject({ "flows/greeting.ts": FLOWS });
  const env = { MILLRACE_DATABASE_URL: database.url };
  const leader = project.start(["server", "--port", "0", "--json"], { env });
  const leading = connect<Params>({ url: await addressOf(leader) });
  const standby = project.start(["server", "--stored", "--port", "0", "--json"], { env });
  const standing = connect<Params>({ url: await addressOf(standby) });

  const following = standing.events({ after: 0 });
  const before = await leading.flow("greeting").run();
  const first = await untilFinished(standing.events({ after: 0 }), before);
  const same = await untilFinished(leading.events({ after: 0 }), before);
  expect(first).toEqual(same);

  leader.child.kill("SIGKILL");
  await leader.ended;
  // Nobody leads for a moment: the command waits for the next leader.
  const after = await standing.flow("greeting").run({ name: "again" });
  const all = await untilFinished(following, after);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  expect(all.filter(({ type }) => type === "run.finished").map(({ run }) => run)).toEqual([before, after]);
});

test("a reader comes back to a server that was started again", async () => {
  const project = new TemporaryProject({ "flows/greeting.ts": FLOWS });
  const first = project.start(["server", "--port", "0", "--json"]);
  const url = await addressOf(first);
  const client = connect<Params>({ url });
  const run = await client.flow("greeting").run();
  const following = client.events({ after: 0 });
  const begun = await following.next();
  first.child.kill("SIGKILL");
  await first.ended;
  await addressOf(project.start(["server", "--stored", "--port", new URL(url).port, "--json"]));
  const rest = await untilFinished(following, run);
  const seqs = [begun.value as RunEvent, ...rest].map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});
