import { cpSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { python } from "../../src/kinds/python/python.ts";
import { type } from "../../src/schema/type.ts";
import { setSourceRoot } from "../../src/source/call-site.ts";
import { isNonRetryable } from "../../src/task/failures.ts";
import { recordedContext } from "./attempt-context.ts";
import { temporaryFolders, writeTree } from "./temporary-folder.ts";

const CLIENT = fileURLToPath(new URL("fixtures/pipes_client.py", import.meta.url));
const makeFolder = temporaryFolders();

/** A project with a script that may use the client. */
function project(script: string): { dir: string; script: string } {
  const dir = realpathSync(makeFolder());
  setSourceRoot(dir);
  writeTree(dir, { "flows/work.py": script });
  cpSync(CLIENT, join(dir, "flows/pipes_client.py"));
  return { dir, script: join(dir, "flows/work.py") };
}

async function failure(work: Promise<unknown>): Promise<Error & { code: string; hint: string; cause: Error }> {
  return await work.then(
    () => expect.unreachable("it should have failed"),
    (error) => error,
  );
}

describe("a Python script", () => {
  it("exchanges values as JSON", async () => {
    const { dir, script } = project(`
import json, os, sys
given = json.load(open(os.environ["MILLRACE_INPUT"]))
params = json.load(open(os.environ["MILLRACE_PARAMS"]))
out = {"sum": given["big"] + 1, "at": given["at"], "params": params, "args": sys.argv[1:],
       "window": [os.environ["MILLRACE_WINDOW_START"], os.environ["MILLRACE_WINDOW_END"]],
       "none": given["tags"] is None, "nan": float("nan"), "name": os.environ["INPUT_NAME"], "cwd": os.getcwd()}
json.dump(out, open(os.environ["MILLRACE_OUTPUT"], "w"))
print("printed")
print("complained", file=sys.stderr)
`);
    const { context, lines } = recordedContext({ projectDir: dir, params: { region: "eu" } });
    const task = python("work", {
      script,
      args: ({ name }) => ["--name", name, 5],
      input: type<{ big: bigint; at: Date; tags: null; name: string }>(),
      output: "json",
    });
    expect(await task.run({ big: 2n ** 60n, at: new Date(0), tags: null, name: "a b" }, context)).toEqual({
      sum: 2n ** 60n + 1n,
      at: "1970-01-01T00:00:00.000Z",
      params: { region: "eu" },
      args: ["--name", "a b", "5"],
      window: ["2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"],
      none: true,
      nan: Number.NaN,
      name: "a b",
      cwd: dir,
    });
    expect(lines.sort()).toEqual(["stderr complained", "stdout printed"]);
  });

  it("may give its standard output, and be a module", async () => {
    const { dir } = project("");
    writeTree(dir, { "etl/__init__.py": "", "etl/clean.py": "print('[1, 2]')" });
    const { context } = recordedContext({ projectDir: dir });
    const task = python("work", { module: "etl.clean", output: type<number[]>(), outputFrom: "stdout" });
    expect(await task.run(undefined, context)).toEqual([1, 2]);
  });

  it("runs the copy of its version, and finds what lies beside the original", async () => {
    const { dir, script } = project("import beside; print('working folder')");
    writeTree(dir, { "flows/beside.py": "", "version/work.py": "import beside; print('version')" });
    const { context, lines } = recordedContext({ projectDir: dir });
    const task = python("work", { script, outputFrom: "stdout", output: "text" });
    const file = (path: string): string => join(dir, path.replace("flows/", "version/"));
    expect(await task.run(undefined, { ...context, file })).toBe("version");
    expect(lines).toEqual([]);
  });

  it("fails with what Python said", async () => {
    const { dir, script } = project(`
def deep():
    raise ValueError("no such region:\\nmars")
try:
    1 / 0
except ZeroDivisionError:
    deep()
`);
    const { context } = recordedContext({ projectDir: dir });
    const error = await failure(python("work", { script }).run(undefined, context));
    expect(error).toMatchObject({
      code: "COMMAND_FAILED",
      message: 'The script flows/work.py of "work" failed: ValueError: no such region:\nmars',
    });
    expect(error.cause).toMatchObject({ name: "ValueError", message: "no such region:\nmars" });
    expect(error.cause.stack).toContain("in deep");
    const exit = project("import sys; print('bye', file=sys.stderr); sys.exit(7)");
    const other = recordedContext({ projectDir: exit.dir });
    const quiet = await failure(python("work", { script: exit.script }).run(undefined, other.context));
    expect(quiet.message).toBe('The script flows/work.py of "work" exited with code 7:\nbye');
  });

  it("fails for good without a Python, or without a script", async () => {
    const { dir, script } = project("");
    const { context } = recordedContext({ projectDir: dir });
    const none = await failure(python("work", { script, python: "python9" }).run(undefined, context));
    expect(none).toMatchObject({
      code: "COMMAND_NOT_FOUND",
      message: 'There is no Python for "work": tried python9, looked for in the folders of PATH.',
    });
    expect(isNonRetryable(none)).toBe(true);
    const venv = await failure(python("work", { script, venv: "./.venv" }).run(undefined, context));
    expect(venv).toMatchObject({ code: "COMMAND_NOT_FOUND", hint: expect.stringContaining("python3 -m venv ./.venv") });
    expect(venv.message).toContain(join(dir, ".venv/bin/python"));
    const lost = await failure(python("work", { script: join(dir, "no.py") }).run(undefined, context));
    expect(lost).toMatchObject({ code: "MISSING_FILE", message: 'The script of "work", no.py, does not exist.' });
  });

  it("is refused without a program, or with two", () => {
    expect(() => python("work", {})).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => python("work", { script: "a.py", module: "a" })).toThrow(/both a `script` and a `module`/);
  });
});

describe("a script that speaks Dagster Pipes", () => {
  it("finds its context", async () => {
    const { dir, script } = project(`
from pipes_client import context, send, session
with session():
    send("report_custom_message", {"payload": context})
`);
    const { context } = recordedContext({ projectDir: dir });
    const task = python("work", { script, input: type<{ region: string }>(), output: "json", outputFrom: "message" });
    expect(await task.run({ region: "eu" }, context)).toEqual({
      asset_keys: ["work"],
      code_version_by_asset_key: { work: null },
      provenance_by_asset_key: { work: null },
      partition_key: "2026-03-01",
      partition_key_range: { start: "2026-03-01", end: "2026-03-01" },
      partition_time_window: { start: "2026-03-01T00:00:00.000Z", end: "2026-03-02T00:00:00.000Z" },
      run_id: "01RUN",
      job_name: "daily",
      retry_number: 1,
      extras: { region: "eu" },
    });
  });

  it("finds the context that its author says", async () => {
    const { dir, script } = project(`
from pipes_client import context, send, session
with session():
    send("report_custom_message", {"payload": context})
`);
    const noon = new Date("2026-03-01T12:00:00Z");
    const hour = { start: noon, end: new Date(noon.getTime() + 3_600_000) };
    const run = async (pipes: object, window: { start: Date; end: Date }): Promise<unknown> => {
      const { context } = recordedContext({ projectDir: dir, window });
      return await python("work", { script, output: "json", outputFrom: "message", pipes }).run(undefined, context);
    };
    expect(await run({ assets: [], extras: { a: 1 } }, { start: noon, end: noon })).toMatchObject({
      asset_keys: null,
      code_version_by_asset_key: null,
      partition_key: null,
      partition_key_range: null,
      partition_time_window: null,
      extras: { a: 1 },
    });
    expect(await run({ assets: ["a/b", "c"] }, hour)).toMatchObject({
      asset_keys: ["a/b", "c"],
      provenance_by_asset_key: { "a/b": null, c: null },
      partition_key: "2026-03-01-12:00",
    });
    const partition = { key: "a...b", from: "a", to: "b", dimensions: {}, keys: async () => ["a", "b"] };
    const { context: several } = recordedContext({ projectDir: dir, partition, scheduledAt: noon });
    expect(
      await python("work", { script, output: "json", outputFrom: "message" }).run(undefined, several),
    ).toMatchObject({
      partition_key: null,
      partition_key_range: { start: "a", end: "b" },
    });
    expect(await run({ partition: (given: { start: Date }) => `h${given.start.getUTCHours()}` }, hour)).toMatchObject({
      partition_key: "h12",
    });
  });

  it("has its logs and reports heard, while it runs", async () => {
    const { dir, script } = project(`
import os, sys
from pipes_client import send, session
with session():
    for level in ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "ODD"]:
        send("log", {"message": "m " + level, "level": level})
    sys.stdin.close()
    while not os.path.exists("heard"): pass
    typed = {"rows": {"raw_value": 5, "type": "int"}, "link": {"raw_value": "http://x", "type": "url"}}
    inferred = {k: {"raw_value": v, "type": "__infer__"} for k, v in
                {"a": "t", "b": True, "c": 2**60, "d": 1.5, "e": None, "f": [1], "g": float("nan"), "h": float("inf")}.items()}
    send("report_asset_materialization", {"asset_key": "a/b", "data_version": "v1", "metadata": {**typed, **inferred}})
    send("report_asset_materialization", {"asset_key": "c", "data_version": None, "metadata": None})
    send("report_asset_check", {"asset_key": "a/b", "check_name": "unique", "passed": False, "metadata": None, "severity": "WARN"})
    send("report_asset_check", {"asset_key": "a/b", "check_name": "full", "passed": True, "metadata": {}, "severity": "ERROR"})
    send("report_custom_message", {"payload": {"x": [1, None]}})
send("log_external_stream", {"stream": "stderr", "text": "late one\\nlate two\\n", "extras": {}})
`);
    const { context, lines, reports } = recordedContext({
      projectDir: dir,
      onLine: (line) => line === "info m ODD" && writeTree(dir, { heard: "" }),
    });
    await python("work", { script }).run(undefined, context);
    expect(lines).toEqual([
      "debug m DEBUG",
      "info m INFO",
      "warn m WARNING",
      "error m ERROR",
      "error m CRITICAL",
      "info m ODD",
      "stderr late one",
      "stderr late two",
    ]);
    expect(reports).toEqual([
      {
        kind: "materialization",
        report: {
          asset: "a/b",
          dataVersion: "v1",
          metadata: {
            rows: { type: "int", value: 5 },
            link: { type: "url", value: "http://x" },
            a: { type: "text", value: "t" },
            b: { type: "bool", value: true },
            c: { type: "int", value: 2n ** 60n },
            d: { type: "float", value: 1.5 },
            e: { type: "null", value: null },
            f: { type: "json", value: [1] },
            g: { type: "float", value: "NaN" },
            h: { type: "float", value: "Infinity" },
          },
        },
      },
      { kind: "materialization", report: { asset: "c", metadata: {} } },
      { kind: "check", report: { asset: "a/b", check: "unique", passed: false, severity: "warn", metadata: {} } },
      { kind: "check", report: { asset: "a/b", check: "full", passed: true, severity: "error", metadata: {} } },
      { kind: "custom", report: { x: [1, null] } },
    ]);
  });

  it("fails with the exception it was closed with, even when it ends well", async () => {
    const { dir, script } = project(`
from pipes_client import session
try:
    with session():
        try:
            {}["region"]
        except KeyError as missing:
            raise RuntimeError("cannot load") from missing
except RuntimeError:
    pass
`);
    const { context } = recordedContext({ projectDir: dir });
    const error = await failure(python("work", { script }).run(undefined, context));
    expect(error).toMatchObject({
      code: "COMMAND_FAILED",
      message: 'The script flows/work.py of "work" failed: RuntimeError: cannot load',
      cause: { name: "RuntimeError", message: "cannot load", cause: { name: "KeyError", message: "'region'" } },
    });
    expect(error.cause.stack).toMatch(/^Traceback \(most recent call last\):\n {2}File ".*work\.py", line 8/);
  });

  it("may be killed in the middle of a line, and otherwise hears of what is no message", async () => {
    const killed = project(`
import os, signal
from pipes_client import send, write_raw
send("log", {"message": "before", "level": "INFO"})
write_raw('{"__dagster_pipes_version": "0.1", "method": "lo')
os.kill(os.getpid(), signal.SIGKILL)
`);
    const torn = recordedContext({ projectDir: killed.dir });
    const error = await failure(python("work", { script: killed.script }).run(undefined, torn.context));
    expect(error.message).toBe('The script flows/work.py of "work" was ended by SIGKILL');
    expect(torn.lines).toEqual(["info before"]);

    const odd = project(`
from pipes_client import send, write_raw
write_raw('not json\\n\\n{"method": "log", "params": {}}\\n')
send("log", {"message": "after", "level": "INFO"})
send("new_kind", {})
write_raw('{"half')
`);
    const { context, lines } = recordedContext({ projectDir: odd.dir });
    await python("work", { script: odd.script }).run(undefined, context);
    expect(lines).toEqual([
      "warn The script wrote a line that is no message of Dagster Pipes 0.1: not json",
      'warn The script wrote a line that is no message of Dagster Pipes 0.1: {"method": "log", "params": {}}',
      "info after",
      "warn The script sent a message of a kind that Dagster Pipes 0.1 does not have: new_kind",
      'warn The script wrote a line that is no message of Dagster Pipes 0.1: {"half',
    ]);
  });

  it("is told nothing when its author does not want it", async () => {
    const { dir, script } = project(`
import os
print("DAGSTER_PIPES_CONTEXT" in os.environ)
`);
    const { context, lines } = recordedContext({ projectDir: dir });
    await python("work", { script, pipes: false }).run(undefined, context);
    expect(lines).toEqual(["stdout False"]);
  });

  it("must send a message where its output is one", async () => {
    const { dir, script } = project("");
    const { context } = recordedContext({ projectDir: dir });
    const task = python("work", { script, output: "json", outputFrom: "message" });
    expect(await failure(task.run(undefined, context))).toMatchObject({ code: "OUTPUT_INVALID" });
  });
});
