// Alerts from a server as a process, which is killed between a failure and its message.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { type CliProcess, TemporaryProject } from "./temporary-project.ts";

const CONFIG = `
import { defineConfig, env, secret, webhookAlert } from "millrace";
export default defineConfig({
  publicUrl: "https://mill.example.org",
  alerts: [
    {
      name: "on-call",
      to: webhookAlert({ url: env("ALERT_URL"), secret: secret("signing"), privateNetwork: true }),
      group: { quiet: "2s", within: "2s" },
    },
  ],
});
`;
const FLOW = `
import { existsSync } from "node:fs";
import { flow, task } from "millrace";
const load = task("load", () => {
  if (!existsSync("mended")) throw new Error("no disk");
});
export default flow("orders", () => {
  load({});
});
`;
const SIGNING = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

interface Told {
  readonly id: string;
  readonly signature: string | undefined;
  readonly type: string;
  readonly alerts: readonly { readonly about: { readonly id: string }; readonly text: string }[];
}

/** A receiver that does not take the first message it gets. */
async function receiver() {
  const told: Told[] = [];
  let isWell = false;
  let wake: () => void = () => undefined;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    if (isWell) told.push(readTold(request.headers, body));
    response.writeHead(isWell ? 200 : 503).end(() => wake());
    isWell = true;
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hush`,
    told,
    until: async (wanted: () => boolean): Promise<void> => {
      while (!wanted()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function readTold(headers: IncomingHttpHeaders, body: string): Told {
  const { type, data } = JSON.parse(body) as { type: string; data: Pick<Told, "alerts"> };
  const [id, signature] = [headers["webhook-id"], headers["webhook-signature"]];
  return { id: String(id), signature: signature === undefined ? undefined : String(signature), type, ...data };
}

async function startServer(project: TemporaryProject, env: Record<string, string>): Promise<CliProcess> {
  const server = project.start(["server", "--port", "0", "--json"], { env });
  await server.untilRecord(({ type }) => type === "server.scheduling");
  return server;
}

test("what happened is told, whatever becomes of the server", async () => {
  const { url, told, until } = await receiver();
  const env = { ALERT_URL: url };
  const project = new TemporaryProject({ "millrace.config.ts": CONFIG, "flows/orders.ts": FLOW });
  await project.run(["secret", "set", "signing"], { env, stdin: SIGNING });
  const first = await startServer(project, env);
  const failed: string[] = [];
  const run = async (): Promise<number | null> => {
    const { code, records } = await project.run(["run", "orders", "--json"], { env });
    failed.push(...records.filter(({ type }) => type === "run.finished").map((record) => String(record["run"])));
    return code;
  };
  expect(await run()).toBe(1);
  first.child.kill("SIGKILL");
  await first.ended;

  await startServer(project, env);
  expect(await run()).toBe(1);
  project.write("mended", "yes");
  expect(await run()).toBe(0);
  await until(() => told.some(({ type }) => type === "run.recovered"));
  await until(() => told.filter(({ type }) => type === "run.failed").flatMap(({ alerts }) => alerts).length >= 2);

  const messages = [...new Map(told.map((each) => [each.id, each])).values()];
  const failures = messages.filter(({ type }) => type === "run.failed").flatMap(({ alerts }) => alerts);
  expect(failures.map(({ about }) => about.id).toSorted()).toEqual(failed.slice(0, 2).toSorted());
  expect(failures.every((failure) => failure.text.includes("load: no disk"))).toBe(true);
  expect(messages.filter(({ type }) => type === "run.recovered")).toHaveLength(1);
  expect(messages.every(({ signature }) => signature?.startsWith("v1,"))).toBe(true);

  const tested = await project.run(["alert", "test", "on-call"], { env });
  expect([tested.code, tested.stdout]).toEqual([0, "sent    webhook  200\n"]);
  const [newest] = (await project.run(["alert", "log", "--json"], { env })).records;
  expect(newest).toMatchObject({ type: "alert", rule: "on-call", kind: "test", state: "sent" });
  const again = await project.run(["alert", "retry", String(newest?.["alert"]), "--json"], { env });
  expect(again.records).toMatchObject([{ type: "alert.retried", tries: [{ ok: true }, { ok: true }] }]);
  const shown = await project.run(["alert", "show", String(newest?.["alert"])], { env });
  expect(shown.stdout).toContain("Test of the alert rule on-call: nothing has happened");
  for (const line of [["test", "oncall"], ["show", "A1"], ["test"], ["list", "--rule", "on-call"]]) {
    expect([line, (await project.run(["alert", ...line], { env })).code]).toEqual([line, 2]);
  }
  expect((await project.run(["alert", "list"], { env })).stdout).toContain("on-call");
}, 60_000);
