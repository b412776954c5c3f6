// Every kind of task with what it can do, in flows that one worker runs: what waits must hold none.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../setup/shared-postgres.ts";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

const CONFIG = `import { defineConfig, duckdb, env, postgres, sqlite } from "millrace";
export default defineConfig({
  workers: 1,
  connections: {
    local: sqlite({ path: "data/local.db" }),
    warehouse: duckdb({ path: "data/warehouse.duckdb" }),
    shop: postgres({ url: env("SHOP_URL") }),
  },
});
`;

/** What the flow returned, as its task `tell` wrote it down. */
async function toldBy(project: TemporaryProject): Promise<unknown> {
  const { records } = await project.run(["logs", "latest", "--task", "tell", "--json"]);
  return records.map(({ data }) => data).at(-1);
}

function ofType(records: readonly CliRecord[], type: string): readonly CliRecord[] {
  return records.filter((record) => record.type === type);
}

const TELL = `const tell = task("tell", ({ value }: { value: Record<string, any> }, { log }) => log.info("told", value));`;

const COMMANDS = `import { env, flow, python, shell, task, type } from "millrace";
import { z } from "zod";
${TELL}
const list = shell("list", {
  command: ["printf", "%s|", "$INPUT_NAME", ({ name }) => name, ({ many }) => many],
  input: type<{ name: string; many: string[] }>(),
  output: "text",
});
const line = shell("line", {
  command: 'printf "%s\\\\n" "$INPUT_NAME" "$TOKEN" "$(cat)" "$PWD"; exit 3',
  input: type<{ name: string }>(),
  output: "lines",
  env: { TOKEN: env("SECRET_TOKEN"), HOME: undefined },
  stdin: ({ name }) => name.toUpperCase(),
  cwd: "flows",
  okExitCodes: [0, 3],
});
const file = shell("file", {
  command: 'cp "$MILLRACE_INPUT" "$MILLRACE_OUTPUT"; echo to the log; echo to stderr >&2',
  input: type<{ n: number }>(),
  output: z.object({ n: z.number() }),
  outputFrom: "file",
});

const script = python("script", {
  script: "./work.py",
  include: ["./beside.py"],
  args: ({ n }) => ["--n", n],
  input: type<{ n: number }>(),
  output: "json",
  env: { WHERE: "here" },
  venv: ".venv",
});
const module = python("module", { module: "tools.count", args: [1, 2], output: "lines", outputFrom: "stdout", pipes: false });
const pipes = python("pipes", {
  script: "./pipes.py",
  include: ["./pipes_client.py"],
  input: type<{ region: string }>(),
  output: z.object({ region: z.string() }),
  outputFrom: "message",
  pipes: { assets: ["shop/orders"] },
});

export default flow("commands", () => {
  const name = "a'; rm -rf \\"$HOME\\"";
  tell({
    value: {
      list: list({ name, many: ["x", "y"] }), line: line({ name }), file: file({ n: 1 }),
      script: script({ n: 7 }), module: module(), pipes: pipes({ region: "eu" }),
    },
  });
});
`;

/** A dead process may still be in the table, until its parent looks. */
function isAlive(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, "utf8"));
}

const WARM = `import { flow, python } from "millrace";
const ask = python("ask", { script: "./ask.py", output: "lines" });
export default flow("warm", () => {
  const first = ask();
  return [first, ask.named("again").after(first)()];
});
`;
/** Says who it is, and leaves a process behind that has a session of its own. */
const ASK_PY = `import os, subprocess
left = subprocess.Popen(["sleep", "600"], start_new_session=True)
open(os.environ["MILLRACE_OUTPUT"], "w").write(f"{os.getppid()}\\n{os.getpid()}\\n{left.pid}\\n")
`;

const WORK_PY = `import json, os, sys
import beside
given = json.load(open(os.environ["MILLRACE_INPUT"]))
json.dump({"n": given["n"] + beside.ONE, "args": sys.argv[1:], "where": os.environ["WHERE"],
           "venv": sys.prefix == os.environ["VIRTUAL_ENV"]}, open(os.environ["MILLRACE_OUTPUT"], "w"))
`;
const PIPES_PY = `from pipes_client import context, send, session
with session():
    send("log", {"message": "heard you", "level": "WARNING"})
    send("report_asset_materialization", {"asset_key": "shop/orders", "data_version": "v1", "metadata": {"rows": {"raw_value": 5, "type": "int"}}})
    send("report_asset_check", {"asset_key": "shop/orders", "check_name": "full", "passed": True, "metadata": {}, "severity": "ERROR"})
    send("report_custom_message", {"payload": {"region": context["extras"]["region"]}})
`;
const PIPES_CLIENT = path.join(import.meta.dirname, "../../packages/sdk/test/kinds/fixtures/pipes_client.py");

describe("shell and python", () => {
  test("a Python that is warm stays for the next task, and what a task leaves does not", async () => {
    const project = new TemporaryProject({
      "millrace.config.ts": CONFIG,
      "flows/warm.ts": WARM,
      "flows/ask.py": ASK_PY,
    });
    const { records } = await project.run(["run", "warm", "--json"]);
    const { output } = ofType(records, "run.finished").at(-1) as CliRecord;
    const [first = [], again = []] = output as string[][];
    const [interpreter, ...own] = first;
    expect(again[0]).toBe(interpreter);
    expect([...own, ...again].filter(isAlive)).toEqual([]);
    expect(new Set([...own, ...again]).size).toBe(5);
  });

  test("take values in and give values out, and what they say is in the log", async () => {
    const project = new TemporaryProject({
      "millrace.config.ts": CONFIG,
      "flows/commands.ts": COMMANDS,
      "flows/work.py": WORK_PY,
      "flows/beside.py": "ONE = 1\n",
      "flows/pipes.py": PIPES_PY,
      "tools/count.py": "import sys\nprint(len(sys.argv))\nprint('counted')\n",
    });
    cpSync(PIPES_CLIENT, project.path("flows/pipes_client.py"));
    expect(spawnSync("python3", ["-m", "venv", "--without-pip", project.path(".venv")]).status).toBe(0);
    const { code, records } = await project.run(["run", "commands", "--json"], { env: { SECRET_TOKEN: "hush-hush" } });
    expect({ code, end: records.at(-1) }).toMatchObject({ code: 0, end: { state: "success" } });
    expect(ofType(records, "data.reported").map(({ task }) => task)).toEqual(["pipes", "pipes", "pipes"]);
    const name = 'a\'; rm -rf "$HOME"';
    expect(await toldBy(project)).toEqual({
      list: `$INPUT_NAME|${name}|x|y|`,
      line: [name, "***", name.toUpperCase(), project.path("flows")],
      file: { n: 1 },
      script: { n: 8, args: ["--n", "7"], where: "here", venv: true },
      module: ["3", "counted"],
      pipes: { region: "eu" },
    });
    const logs = await project.run(["logs", "latest", "--json"]);
    const said = logs.records.map(({ task, level, source, text }) => [task, level, source, text].join(" "));
    expect(said).toEqual(
      expect.arrayContaining([
        "line info stdout ***",
        "file info stdout to the log",
        "file warn stderr to stderr",
        "pipes warn logger heard you",
      ]),
    );
    expect(logs.stdout).not.toContain("hush-hush");
  });
});

const DATABASES = `import { flow, sql, task, type } from "millrace";
import { z } from "zod";
${TELL}
type Order = { id: number; country: string; total: number };
const orders = task("orders", (): Order[] => [
  { id: 1, country: "de", total: 10.5 }, { id: 2, country: "fr'); DROP TABLE sales; --", total: 20 }, { id: 3, country: "de", total: 30 },
]);
const given = type<{ orders: Order[]; day: string }>();
const first = sql("first", {
  connection: "local", input: type<{ n: bigint; name: string }>(), query: "SELECT :n AS n, :name AS name", returns: "first",
});
const byHand = task("by-hand", async (_: undefined, { connection }) =>
  (await connection("local").query("SELECT count(*) AS sales FROM sales WHERE total > :least", { least: 15 }))[0]);
const KINDS = ["local", "warehouse", "shop"] as const;
const load = (name: (typeof KINDS)[number]) => sql(\`load-\${name}\`, { connection: name, input: given, returns: "none", file: "../sql/load.sql" });
const best = (name: (typeof KINDS)[number]) => sql(\`best-\${name}\`, {
  connection: name,
  input: type<{ countries: string[] }>(),
  row: z.object({ country: z.string(), total: z.number(), since: z.string() }),
  query: "SELECT country, CAST(sum(total) AS double precision) AS total, min(day) AS since FROM sales WHERE country IN (:countries) GROUP BY country",
});
const none = sql("none", {
  connection: "shop", input: type<{ orders: Order[] }>(), relations: { orders: { id: "integer", country: "text" } },
  row: type<{ n: number }>(), query: "SELECT count(id) AS n FROM :orders",
});
const files = [
  sql("csv", { connection: "local", query: "SELECT id, country FROM sales ORDER BY id", returns: { file: "out/sales.csv" } }),
  sql("parquet", { connection: "warehouse", query: "SELECT * FROM sales", returns: { file: "out/sales.parquet" } }),
  sql("ndjson", { connection: "shop", query: "SELECT id, :run_id AS run FROM sales ORDER BY id", returns: { file: () => "out/sales.ndjson" } }),
];
const window = sql("window", { connection: "shop", query: "SELECT :window_start AS start, :window_end AS end_at", returns: "first" });
const broken = sql("broken", { connection: "warehouse", query: "SELECT 1;\\nSELECT * FROM nowhere" });

export default flow("databases", () => {
  const rows = orders();
  const value: Record<string, any> = { first: first({ n: 2n ** 60n, name: "'" }), none: none({ orders: [] }), window: window() };
  const loaded = KINDS.map((name) => load(name)({ orders: rows, day: "2026-03-01" }));
  for (const name of KINDS) value[name] = best(name).after(...loaded)({ countries: ["de", "it"] });
  value.byHand = byHand.after(...loaded)();
  value.files = files.map((file) => file.after(...loaded)());
  tell({ value });
  broken.after(...loaded)();
});
`;

const LOAD_SQL = `-- Every statement of a script runs in one transaction.
CREATE TABLE sales (day text, id integer, country text, total double precision);
INSERT INTO sales SELECT :day, id, country, total FROM :orders;
`;

describe("sql", () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.remove());

  test("on three databases: relations, bound values, files, rows, and a statement that is refused", async () => {
    const project = new TemporaryProject({
      "millrace.config.ts": CONFIG,
      "flows/databases.ts": DATABASES,
      "sql/load.sql": LOAD_SQL,
    });
    const args = ["run", "databases", "--window", "2026-03-01/2026-03-02", "--json"];
    const { code, records } = await project.run(args, { env: { SHOP_URL: database.url } });
    const end = records.at(-1);
    expect({ code, end }).toMatchObject({
      code: 1,
      end: {
        tasks: { failed: 1 },
        failures: [{ task: "broken", error: { code: "SQL_FAILED", frame: expect.stringContaining("> 2 |") } }],
      },
    });
    const best = [{ country: "de", total: 40.5, since: "2026-03-01" }];
    expect(await toldBy(project)).toEqual({
      first: { n: String(2n ** 60n), name: "'" },
      none: [{ n: 0 }],
      window: { start: "2026-03-01T00:00:00.000Z", end_at: "2026-03-02T00:00:00.000Z" },
      local: best,
      warehouse: best,
      shop: best,
      byHand: { sales: 2 },
      files: ["csv", "parquet", "ndjson"].map((format) => ({
        path: `out/sales.${format}`,
        rows: 3,
        bytes: expect.any(Number),
      })),
    });
    expect(readFileSync(project.path("out/sales.csv"), "utf8")).toBe(
      "id,country\n1,de\n2,fr'); DROP TABLE sales; --\n3,de\n",
    );
    expect(readFileSync(project.path("out/sales.ndjson"), "utf8").split("\n")[2]).toBe(
      JSON.stringify({ id: 3, run: end?.["run"] }),
    );
    expect(readFileSync(project.path("out/sales.parquet")).subarray(0, 4).toString()).toBe("PAR1");
  });
});

const REQUESTS = `import { basic, bearer, env, flow, flowRun, headerAuth, http, task, type, wait } from "millrace";
import { writeFileSync } from "node:fs";
import { z } from "zod";
${TELL}
const at = type<{ url: string }>();
const orders = http("orders", {
  url: ({ url }) => \`\${url}/orders\`, query: ({ day }) => ({ day, tag: ["a", "b"], none: null }), input: type<{ url: string; day: string }>(),
  auth: bearer(env("SHOP_TOKEN")), headers: { "x-mine": "yes" }, output: z.array(z.number()), retries: { limit: 2, delay: 1 },
});
const create = http("create", {
  url: ({ url }) => \`\${url}/echo\`, json: ({ order }) => ({ order }), input: type<{ url: string; order: number }>(),
  auth: basic("ada", env("SHOP_TOKEN")), expect: [201, 409], response: "text",
});
const put = http("put", {
  method: "PUT", url: ({ url }) => \`\${url}/echo\`, body: "as it is", input: at, auth: headerAuth("x-api-key", env("SHOP_TOKEN")),
  expect: "2xx", response: { file: "out/answer.txt" },
});
const missing = http("missing", { url: ({ url }) => \`\${url}/missing\`, input: at, retries: 5 });

const double = task("double", ({ n }: { n: number }) => n * 2);
export const child = flow("child", { params: z.object({ n: z.number() }) }, ({ params }) => double({ n: params.n }));
export const failing = flow("failing", { params: z.object({ url: z.string() }) }, ({ params }) => { missing({ url: params.url }); });

const deliver = task("deliver", () => writeFileSync("delivered.csv", "1,2\\n"));
const delivered = wait.forFile("delivered", { path: "delivered.csv", every: "20ms", timeout: "1m" });
const never = wait.forFile("never", { path: "never.csv", every: "50ms", timeout: "500ms", onTimeout: "continue" });
const agreed = wait.forCondition("agreed", {
  input: at, every: "20ms", timeout: "1m",
  check: async ({ url }, { signal }) => (await (await fetch(\`\${url}/agreed\`, { signal })).json()) as string | false,
});
const opened = wait.until("opened", () => Date.now() + 500);
const passed = wait.until("passed", "2020-01-01T00:00:00Z");
const settled = wait.for("settled", ({ ms }) => ms, { input: type<{ ms: number }>() });

export default flow("requests", { params: z.object({ url: z.string() }) }, ({ params: { url } }) => {
  // All of these wait before anything else can run, and there is one worker.
  const waits = { delivered: delivered({}).bytes, never: never(), agreed: agreed({ url }), opened: opened(), passed: passed(), settled: settled({ ms: 20 }) };
  const afterWaits = deliver();
  tell({
    value: {
      waits, orders: orders({ url, day: "2026-03-01" }), create: create({ url, order: 7 }), put: put.after(afterWaits)({ url }).bytes,
      child: flowRun(child)({ n: 2 }).output,
      children: flowRun("each-child", "child").each([1, 2], (n) => ({ n })),
      failed: flowRun("allowed", failing, { allowFailure: true })({ url }).state,
    },
  });
});
`;

interface Seen {
  readonly line: string;
  readonly auth: string | undefined;
  readonly body: string;
}

/** Is busy at first, echoes what is sent, and agrees when it is asked for the third time. */
async function startShop(seen: Seen[]): Promise<Server> {
  const timesOf = (line: string): number => seen.filter((one) => one.line === line).length;
  const answer = (
    line: string,
    { headers }: IncomingMessage,
    body: string,
  ): [number, string, Record<string, string>?] => {
    if (line.startsWith("GET /orders")) {
      if (timesOf(line) === 1) return [503, "busy", { "retry-after": "0" }];
      return [200, headers["x-mine"] === "yes" ? "[1, 2]" : "{}"];
    }
    if (line === "GET /agreed") return [200, timesOf(line) < 3 ? "false" : '"yes"'];
    return line.endsWith("/echo") ? [201, `got ${body}`] : [404, "there is no such thing"];
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const line = `${request.method} ${request.url}`;
    const body = await text(request);
    const { authorization, "x-api-key": key } = request.headers;
    seen.push({ line, auth: authorization ?? (key as string | undefined), body });
    const [status, sent, headers] = answer(line, request, body);
    response.writeHead(status, headers).end(sent);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("http, wait and flowRun", () => {
  test("with one worker: what waits holds none", async () => {
    const seen: Seen[] = [];
    const server = await startShop(seen);
    const { port } = server.address() as AddressInfo;
    const project = new TemporaryProject({ "millrace.config.ts": CONFIG, "flows/requests.ts": REQUESTS });
    const url = `http://127.0.0.1:${port}`;
    const env = { SHOP_TOKEN: "let-me-in" };
    const { code, records } = await project.run(["run", "requests", "--param", `url=${url}`, "--json"], { env });
    server.close();
    expect({ code, end: records.at(-1) }).toMatchObject({ code: 0, end: { state: "success" } });
    expect(await toldBy(project)).toEqual({
      waits: { delivered: 4, never: null, agreed: "yes" },
      orders: [1, 2],
      create: 'got {"order":7}',
      put: 12,
      child: 4,
      children: [2, 4].map((output) => ({ run: expect.any(String), state: "success", output })),
      failed: "failed",
    });
    const waited = ofType(records, "task.deferred").map(({ task }) => task);
    expect(new Set(waited)).toEqual(
      new Set([
        "delivered",
        "never",
        "agreed",
        "opened",
        "settled",
        "child",
        "each-child[0]",
        "each-child[1]",
        "allowed",
      ]),
    );
    const basic = `Basic ${Buffer.from("ada:let-me-in").toString("base64")}`;
    const orders = { line: "GET /orders?day=2026-03-01&tag=a&tag=b", auth: "Bearer let-me-in", body: "" };
    expect(seen.filter(({ line }) => line !== "GET /agreed")).toEqual(
      expect.arrayContaining([
        { line: "POST /echo", auth: basic, body: '{"order":7}' },
        { line: "PUT /echo", auth: "let-me-in", body: "as it is" },
      ]),
    );
    expect(seen.filter(({ line }) => line.startsWith("GET /orders"))).toEqual([orders, orders]);
    // A 404 will not get better.
    expect(seen.filter(({ line }) => line === "GET /missing")).toHaveLength(1);
    const children = await project.run(["runs", "--json"]);
    expect(children.records.map(({ flow, state }) => [flow, state].join(" ")).toSorted()).toEqual([
      "child success",
      "child success",
      "child success",
      "failing failed",
      "requests success",
    ]);
  });
});
