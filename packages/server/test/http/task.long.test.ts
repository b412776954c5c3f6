import { expect, test } from "vitest";
import { temporaryProject } from "../temporary-project.ts";
import { ask, post, type Served, serveApi } from "./api-under-test.ts";

const FLOWS = `import { flow, task } from "millrace";

const params = { "~standard": { version: 1 as const, vendor: "own", validate: () => ({ value: { size: 3 } }) } };
const list = task("list", ({ size }: { size: number }) => Array.from({ length: size }, (_, at) => ({ code: "A" + at })));
const load = task("load", { retries: { limit: 2, delay: 1 }, pool: "api" }, ({ code, deep, at }: { code: string; deep: { yes: boolean }; at: number }) => {
  if (code === "A1") throw new Error("no such code");
  return code;
});
const long = task("long", (_: {}) => "x".repeat(50_000));
const end = task("end", ({ text }: { text: string }) => text.length);
export default flow("shown", { params }, ({ params }) => {
  load.each(list({ size: params.size }), (row, at) => ({ code: row.code, deep: { yes: true }, at }));
  end({ text: long({}) });
});
`;

const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ pools: { api: 2 } });\n';

async function run(served: Served): Promise<string> {
  const { body } = await post(served.url, "flows/shown/runs");
  const { run: id } = body as { run: string };
  await served.runtime.whenSettled(id as never);
  return id;
}

test("a task tells what it was given, what is around it, where it is written, and how long it took before", async () => {
  const served = await serveApi(temporaryProject({ "flows/shown.ts": FLOWS, "millrace.config.ts": CONFIG }));
  const first = await run(served);
  const second = await run(served);
  const read = async (what: string) => (await ask(served.url, `runs/${second}/${what}`)).body;
  expect(await read("task?task=list")).toMatchObject({
    task: "list",
    kind: "task",
    place: { file: "flows/shown.ts", line: 12 },
    attempts: [{ number: 1, state: "success", place: { worker: null, pid: process.pid } }],
    inputs: [{ path: "size", source: "params", field: "size", state: "given", value: 3 }],
    upstream: [],
    downstream: [{ task: expect.stringContaining("load"), state: "failed" }],
  });
  expect(await read(`task?task=${encodeURIComponent("load[1]")}`)).toMatchObject({
    taskRun: { state: "failed", tries: 3 },
    retries: { limit: 2, left: 0, nextAt: null },
    pools: ["api"],
    inputs: [
      { path: "code", source: "item", task: "list", field: "code", state: "given", value: "A1" },
      { path: "deep", source: "value", value: { yes: true } },
      { path: "at", source: "index", value: 1 },
    ],
  });
  expect(await read("task?task=end")).toMatchObject({
    inputs: [{ path: "text", source: "task", task: "long", state: "large", value: "x".repeat(2_000) }],
    upstream: [{ task: "long", state: "success" }],
  });
  const timing = (await read("task/timing?task=list")) as { items: { run: string; tookMs: number; state: string }[] };
  expect(timing.items.map(({ run: id, state }) => [id, state])).toEqual([
    [second, "success"],
    [first, "success"],
  ]);
  expect(timing.items.every(({ tookMs }) => tookMs >= 0)).toBe(true);
  expect((await ask(served.url, `runs/${second}/task?task=nope`)).status).toBe(404);
});
