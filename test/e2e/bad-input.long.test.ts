// "Bad input, by name": each gives one clear error with code, place and remedy, and a fixed exit code.
import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { type CliResult, TemporaryProject } from "./temporary-project.ts";

/** A flow whose build function is given. */
function flowOf(body: string, tasks = ""): string {
  return `import { bearer, choose, env, flow, flowRun, http, shell, python, sql, task, type, wait, when } from "millrace";
import { z } from "zod";
const one = task("one", () => 1);
const two = task("two", ({ n }: { n: number }) => n);
${tasks}
export default flow("bad", ${body});
`;
}

async function attempt(source: string, ...args: string[]): Promise<CliResult> {
  const project = new TemporaryProject({ "flows/bad.ts": source });
  return await project.run(args.length === 0 ? ["run", "bad"] : args);
}

/** What every refusal must have: a code, and a hint that says what to do. */
function expectRefusal({ stdout, stderr }: CliResult, code: string): void {
  expect(stdout + stderr).toMatch(new RegExp(`error ${code}: .+`));
  expect(stdout + stderr).toMatch(/hint: .+/);
}

/** By name: what is wrong, the code it is refused with, and the flow's source. */
const BROKEN: readonly (readonly [string, string, string])[] = [
  [
    "a missing connection",
    "MISSING_CONNECTION",
    flowOf("() => { load(); }", 'const load = sql("load", { connection: "nowhere", query: "select 1" });'),
  ],
  ["a duplicate task name", "DUPLICATE_TASK", flowOf("() => { one(); one(); }")],
  [
    "a trigger rule with no upstream",
    "RULE_WITHOUT_UPSTREAM",
    flowOf('() => { one.with({ triggerRule: "one_failed" })(); }'),
  ],
  [
    "a reference to a task inside a branch, used outside it",
    "REF_OUTSIDE_REGION",
    flowOf("() => { let inner; when(one(), () => { inner = one.named('inner')(); }); two({ n: inner }); }"),
  ],
  [
    "a negative timeout",
    "INVALID_OPTION",
    flowOf("() => { slow(); }", 'const slow = task("slow", { timeout: "-1s" }, () => 1);'),
  ],
  [
    "an input reference from another flow",
    "FOREIGN_REF",
    `${flowOf("() => { leaked = one(); }", "let leaked: any;")}export const other = flow("other", () => { two({ n: leaked }); });\n`,
  ],
  [
    "a file that is not there",
    "MISSING_FILE",
    flowOf("() => { load(); }", 'const load = python("load", { script: "./nowhere.py" });'),
  ],
  ["a syntax error", "BUILD_FAILED", "export default flow(((;\n"],
  ["a throw at import", "IMPORT_FAILED", 'import "millrace";\nthrow new Error("not today");\n'],
];

describe("refused before anything runs", () => {
  test("each broken flow, with its code, place, source and remedy, while the others stay usable", async () => {
    const files = BROKEN.map(([, , source], index): [string, string] => [
      `flows/broken-${index}.ts`,
      source.replace('"bad"', `"broken-${index}"`).replace('"other"', `"other-${index}"`),
    ]);
    const good = flowOf("() => { one(); }").replace('"bad"', '"good"');
    const project = new TemporaryProject({ ...Object.fromEntries(files), "flows/good.ts": good });
    const { code, records } = await project.run(["check", "--json"]);
    expect(code).toBe(1);
    for (const [index, [what, wanted]] of BROKEN.entries()) {
      const found = records.find(({ file }) => file === `flows/broken-${index}.ts`);
      expect(found, what).toMatchObject({
        code: wanted,
        line: expect.any(Number),
        frame: expect.stringMatching(/^> *\d+ \| /m),
        hint: expect.stringMatching(/.+/),
      });
    }
    expect(records.filter(({ severity }) => severity === "error")).toHaveLength(BROKEN.length);
    expect((await project.run(["list", "--quiet"])).stdout).toBe("good\n");
  });

  test("two flows of one name, with both places; the others stay usable", async () => {
    const good = flowOf("() => { one(); }");
    const project = new TemporaryProject({
      "flows/a.ts": good,
      "flows/b.ts": good,
      "flows/c.ts": good.replace('"bad"', '"good"'),
    });
    const result = await project.run(["check"]);
    expect(result.code).toBe(1);
    expectRefusal(result, "DUPLICATE_FLOW");
    expect(result.stdout).toMatch(/flows\/a\.ts.*\n?.*flows\/b\.ts|flows\/b\.ts.*\n?.*flows\/a\.ts/);
    expect((await project.run(["run", "good", "--quiet"])).code).toBe(0);
  });

  test("running such a flow shows the same error and exits with 1", async () => {
    const result = await attempt(flowOf("() => { one(); one(); }"));
    expect(result.code).toBe(1);
    expectRefusal(result, "DUPLICATE_TASK");
    expect(result.stderr).toContain("flows/bad.ts:6");
  });

  test.each([
    ["an unknown flow", "UNKNOWN_FLOW", ["run", "bda"], 'Did you mean "bad"?'],
    ["an unknown task", "UNKNOWN_TASK", ["run", "bad", "--only", "oen"], "one"],
    ["an unknown run", "UNKNOWN_RUN", ["why", "01AAAA"], "millrace runs"],
    ["no run at all", "UNKNOWN_RUN", ["why"], "millrace run"],
    ["parameters where none are taken", "INVALID_PARAMS", ["run", "bad", "-p", "a=1"], "Leave"],
    ["a bad window", "USAGE", ["run", "bad", "--window", "today"], "--window 2026-01-01/2026-01-02"],
    ["two selections", "USAGE", ["run", "bad", "--only", "one", "--from", "one"], "--only runs"],
    ["a bad number", "USAGE", ["run", "bad", "--workers", "0"], "whole number"],
  ])("%s: %s", async (_name, code, args, hint) => {
    const result = await attempt(flowOf("() => { one(); }"), ...args);
    expect(result.code).toBe(2);
    expectRefusal(result, code);
    expect(result.stderr).toContain(hint);
    expect(result.stdout).toBe("");
  });

  test("a parameter of a wrong type names the field, in JSON too", async () => {
    const source = flowOf("{ params: z.object({ count: z.number() }) }, () => { one(); }");
    const result = await attempt(source, "run", "bad", "--param", "count=many");
    expect(result.code).toBe(2);
    expectRefusal(result, "INVALID_PARAMS");
    expect(result.stderr).toContain("count");
    const json = await attempt(source, "run", "bad", "--param", "count=many", "--json");
    expect(json.records).toMatchObject([{ type: "error", exitCode: 2, error: { code: "INVALID_PARAMS" } }]);
  });

  test("a project without a config", async () => {
    const project = new TemporaryProject();
    const { code, stderr } = await project.run(["run", "bad"], { cwd: "/" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/error NO_PROJECT: .+\n {2}hint: .*millrace init/);
  });
});

/** By task: the code it fails with. */
const FAILING: Readonly<Record<string, string>> = {
  "returns-function": "OUTPUT_NOT_STORABLE",
  "returns-cycle": "OUTPUT_NOT_STORABLE",
  two: "NOT_A_LIST",
  "no-command": "COMMAND_NOT_FOUND",
  "no-python": "COMMAND_NOT_FOUND",
  "bad-exit": "COMMAND_FAILED",
  "too-many": "TOO_MANY_ITEMS",
  "wrong-input": "INPUT_INVALID",
  "wrong-output": "OUTPUT_INVALID",
  choose: "UNKNOWN_ARM",
  waits: "WAIT_TIMEOUT",
  secret: "MISSING_SECRET",
  nobody: "HTTP_FAILED",
  "no-table": "SQL_FAILED",
  "not-writable": "DATABASE_READ_ONLY",
  other: "CHILD_RUN_FAILED",
  "no-flow": "UNKNOWN_FLOW",
  "no-connection": "MISSING_CONNECTION",
};

const FAILING_TASKS = `
const returnsFunction = task("returns-function", () => ({ f: () => 1 }));
const returnsCycle = task("returns-cycle", () => { const a: any = {}; a.a = a; return a; });
const notList = task("not-list", () => 7);
const noCommand = shell("no-command", { command: ["no-such-command-here"] });
const noPython = python("no-python", { script: "./run.py", python: "no-such-python" });
const badExit = shell("bad-exit", { command: "echo out of paper >&2; exit 4" });
const wrongInput = sql("wrong-input", { connection: "local", input: z.object({ n: z.number().max(3) }), query: "select :n" });
const wrongOutput = shell("wrong-output", { command: ["echo", "[1]"], output: z.object({ n: z.number() }) });
const name = task("name", (): "a" | "b" => "c" as any);
const waits = wait.forFile("waits", { path: "never", every: 1, timeout: 2 });
const secret = http("secret", { url: "http://127.0.0.1:9", auth: bearer(env("NO_SUCH_SECRET")) });
const nobody = http("nobody", { url: "http://127.0.0.1:9" });
const noTable = sql("no-table", { connection: "local", query: "select * from nowhere" });
const make = sql("make", { connection: "local", query: "create table t (n)" });
const notWritable = sql("not-writable", { connection: "reading", query: "insert into t values (1)" });
const noConnection = task("no-connection", (_: undefined, { connection }) => connection("lcoal").query("select 1"));
export const child = flow("child", () => { badExit(); });
`;
const CONNECTIONS = `import { defineConfig, sqlite } from "millrace";
export default defineConfig({
  connections: { local: sqlite({ path: "local.db" }), reading: sqlite({ path: "local.db", readOnly: true }) },
});
`;

describe("fails that task alone", () => {
  test("each failing task, with its code and remedy, while the others run", async () => {
    const body = `() => {
      returnsFunction(); returnsCycle(); two.each(notList() as any, (n) => ({ n })); noCommand(); noPython(); one(); badExit();
      two.named("too-many").with({ maxItems: 2 }).each([1, 2, 3], (n) => ({ n }));
      wrongInput({ n: 4 }); wrongOutput(); choose(name(), { a: () => {}, b: () => {} });
      waits(); secret(); nobody(); noTable(); notWritable.after(make())(); noConnection();
      flowRun("other", child)({}); flowRun("no-flow", "chidl")({});
    }`;
    const project = new TemporaryProject({
      "flows/bad.ts": flowOf(body, FAILING_TASKS),
      "flows/run.py": "print(1)\n",
      "millrace.config.ts": CONNECTIONS,
    });
    const { code, records } = await project.run(["run", "bad", "--json"]);
    expect(code).toBe(1);
    const failed = Object.keys(FAILING).length;
    expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "failed", moreFailures: failed - 5 });
    const why = await project.run(["why", "--json"]);
    const failures = why.records.filter(
      ({ type, state }) => type === "task" && state === "failed",
    ) as unknown as readonly {
      readonly task: string;
      readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
    }[];
    expect(Object.fromEntries(failures.map(({ task, error }) => [task, error.code]))).toEqual(FAILING);
    for (const { task, error } of failures) expect(error.hint, task).toMatch(/.+/);
  });

  test("an empty mapped list succeeds with nothing, and downstream runs", async () => {
    const tasks =
      'const none = task("none", (): number[] => []);\nconst count = task("count", ({ all }: { all: number[] }) => { console.log("got", all.length); });';
    const project = new TemporaryProject({
      "flows/bad.ts": flowOf("() => { count({ all: two.each(none(), (n) => ({ n })) }); }", tasks),
    });
    const { code, records } = await project.run(["run", "bad", "--json"]);
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject({ tasks: { success: 2 } });
    expect((await project.run(["logs", "latest"])).stdout).toContain("got 0");
  });
});

describe("a database that cannot be used exits with 3", () => {
  const source = flowOf("() => { one(); }");

  function projectWith(prepare: (database: string, project: TemporaryProject) => void): TemporaryProject {
    const project = new TemporaryProject({ "flows/bad.ts": source });
    project.write(".millrace/.gitignore", "*\n");
    prepare(project.path(".millrace/millrace.db"), project);
    return project;
  }

  test("corrupt", async () => {
    const project = projectWith((_file, own) =>
      own.write(".millrace/millrace.db", "no database at all ".repeat(1_000)),
    );
    const result = await project.run(["run", "bad"]);
    expect(result.code).toBe(3);
    expectRefusal(result, "DATABASE_CORRUPT");
  });

  test("from a newer version", async () => {
    const project = new TemporaryProject({ "flows/bad.ts": source });
    expect((await project.run(["run", "bad"])).code).toBe(0);
    const database = new DatabaseSync(project.path(".millrace/millrace.db"));
    database.exec("insert into migration values (9999, 'from-the-future', 'x', 0)");
    database.close();
    const result = await project.run(["run", "bad"]);
    expect(result.code).toBe(3);
    expectRefusal(result, "DATABASE_NEWER");
  });

  test("locked by another program", async () => {
    const project = new TemporaryProject({ "flows/bad.ts": source });
    expect((await project.run(["run", "bad"])).code).toBe(0);
    const database = new DatabaseSync(project.path(".millrace/millrace.db"));
    database.exec("BEGIN EXCLUSIVE");
    const result = await project.run(["runs"]);
    database.close();
    expect(result.code).toBe(3);
    expectRefusal(result, "DATABASE_LOCKED");
  });

  test("in a place that cannot be written", async () => {
    const project = new TemporaryProject({ "flows/bad.ts": source, "closed/.keep": "" });
    chmodSync(project.path("closed"), 0o555);
    // Permissions do not hold for root, whom the kernel's own tree refuses.
    const folder = process.getuid?.() === 0 ? "/sys" : project.path("closed");
    const env = { MILLRACE_DATABASE_URL: `sqlite:${folder}/millrace.db` };
    const result = await project.run(["run", "bad"], { env });
    chmodSync(project.path("closed"), 0o755);
    expect(result.code).toBe(3);
    expectRefusal(result, "DATABASE_READ_ONLY");
  });

  test("an address that is none is wrong use", async () => {
    const project = new TemporaryProject({ "flows/bad.ts": source });
    const result = await project.run(["run", "bad"], { env: { MILLRACE_DATABASE_URL: "mysql://x" } });
    expect(result.code).toBe(2);
    expectRefusal(result, "USAGE");
  });
});
