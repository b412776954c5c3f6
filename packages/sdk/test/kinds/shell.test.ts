import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { env } from "../../src/kinds/secret.ts";
import { shell } from "../../src/kinds/shell.ts";
import { type } from "../../src/schema/type.ts";
import { isNonRetryable } from "../../src/task/failures.ts";
import { recordedContext } from "./attempt-context.ts";
import { temporaryFolders, writeTree } from "./temporary-folder.ts";

const folder = temporaryFolders();

async function failure(work: Promise<unknown>): Promise<Error & { code?: string; hint?: string | null }> {
  return await work.then(
    () => expect.unreachable("it should have failed"),
    (error: Error) => error,
  );
}

describe("what a command gives", () => {
  it("is nothing, unless something is declared", async () => {
    const { context, lines } = recordedContext();
    expect(await shell("quiet", { command: "echo out; echo err >&2" }).run(undefined, context)).toBeUndefined();
    expect(lines.sort()).toEqual(["stderr err", "stdout out"]);
  });

  it.each([
    ["text", "printf 'a\\n\\nb\\n\\n'", "a\n\nb"],
    ["lines", "printf 'a\\r\\nb\\n\\n'", ["a", "b", ""]],
    ["lines", "true", []],
    ["json", `echo '{"n": 9007199254740993, "x": NaN}'`, { n: 9007199254740993n, x: Number.NaN }],
  ] as const)("is %s of its output", async (output, command, value) => {
    const { context } = recordedContext();
    expect(await shell("give", { command, output }).run(undefined, context)).toEqual(value);
  });

  it("is a file's content where it writes one", async () => {
    const { context } = recordedContext();
    const task = shell("give", {
      command: `echo talk; echo '[1, 2]' > "$MILLRACE_OUTPUT"`,
      output: type<number[]>(),
      outputFrom: "file",
    });
    const value: number[] = await task.run(undefined, context);
    expect(value).toEqual([1, 2]);
  });

  it("keeps JSON out of the log, and text in it", async () => {
    const json = recordedContext();
    await shell("give", { command: "echo 1", output: "json" }).run(undefined, json.context);
    const text = recordedContext();
    await shell("give", { command: "echo 1", output: "text" }).run(undefined, text.context);
    expect([json.lines, text.lines]).toEqual([[], ["stdout 1"]]);
  });

  it("is refused when it is not what was declared", async () => {
    const { context } = recordedContext();
    const notJson = await failure(shell("give", { command: "echo hello", output: "json" }).run(undefined, context));
    expect(notJson).toMatchObject({
      code: "OUTPUT_INVALID",
      message: 'The standard output of "give" is not JSON: hello\n',
    });
    const nothing = shell("give", { command: "true", output: "json", outputFrom: "file" });
    expect(await failure(nothing.run(undefined, context))).toMatchObject({ code: "OUTPUT_INVALID" });
  });
});

describe("what a command gets", () => {
  it("is never read as a part of the line", async () => {
    const { context } = recordedContext();
    const task = shell("echo", {
      command:
        'printf %s "$INPUT_USER_NAME|$INPUT_COUNT|$INPUT_AT|$INPUT_TAGS|$(printenv INPUT_NOTHING || echo unset)"',
      input: type<{ userName: string; count: bigint; at: Date; tags: string[]; nothing: null }>(),
      output: "text",
    });
    const input = { userName: '$(echo hi)"; rm x', count: 3n, at: new Date(0), tags: ["a b", "c"], nothing: null };
    expect(await task.run(input, context)).toBe('$(echo hi)"; rm x|3|1970-01-01T00:00:00.000Z|["a b","c"]|unset');
  });

  it("is an argument of its own, in a list", async () => {
    const { context } = recordedContext();
    const task = shell("echo", {
      command: ["printf", "%s\\n", ({ name }) => name, ({ files }) => files, 5],
      input: type<{ name: string; files: string[] }>(),
      output: "lines",
    });
    expect(await task.run({ name: "$HOME; ls", files: ["a b", "*"] }, context)).toEqual(["$HOME; ls", "a b", "*", "5"]);
  });

  it("is in a file whole, however large", async () => {
    const { context, lines } = recordedContext({ params: { region: "eu" } });
    const big = "x".repeat(300_000);
    const task = shell("count", {
      command: 'wc -c < "$MILLRACE_INPUT"; cat "$MILLRACE_PARAMS"; echo; printenv INPUT_BIG || echo left out',
      input: type<{ big: string }>(),
      output: "lines",
    });
    expect(await task.run({ big }, context)).toEqual(["300010", '{"region":"eu"}', "left out"]);
    expect(lines[0]).toBe(
      "warn INPUT_BIG does not fit an environment variable; read it from the file $MILLRACE_INPUT.",
    );
  });

  it("is its environment, its folder, its standard input, and the run's window", async () => {
    const dir = realpathSync(folder());
    writeTree(dir, { "sub/file": "" });
    process.env["KINDS_TEST_TOKEN"] = "s3cret-token";
    const { context } = recordedContext({ projectDir: dir });
    const task = shell("look", {
      command: 'pwd; cat; echo "$TOKEN $PLAIN $MILLRACE_WINDOW_START $(printenv HOME || echo none)"',
      env: { TOKEN: env("KINDS_TEST_TOKEN"), PLAIN: "p", HOME: undefined },
      cwd: "sub",
      stdin: "given\n",
      output: "lines",
    });
    expect(await task.run(undefined, context)).toEqual([
      join(dir, "sub"),
      "given",
      "s3cret-token p 2026-03-01T00:00:00.000Z none",
    ]);
  });

  it("cannot be two inputs under one name", async () => {
    const { context } = recordedContext();
    const task = shell("echo", { command: "true", input: type<{ orderId: number; order_id: number }>() });
    expect(await failure(task.run({ orderId: 1, order_id: 2 }, context))).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("a command that fails", () => {
  it("says its exit code and its last errors", async () => {
    const { context } = recordedContext();
    const error = await failure(
      shell("bad", { command: "echo first >&2; echo last >&2; exit 3" }).run(undefined, context),
    );
    expect(error).toMatchObject({
      code: "COMMAND_FAILED",
      message: 'The command of "bad" exited with code 3:\nfirst\nlast',
    });
    expect(isNonRetryable(error)).toBe(false);
  });

  it("may say that its exit code is a good one", async () => {
    const { context } = recordedContext();
    const task = shell("grep", { command: ["sh", "-c", "exit 1"], okExitCodes: [0, 1] });
    expect(await task.run(undefined, context)).toBeUndefined();
  });

  it("does not show secrets", async () => {
    process.env["KINDS_TEST_TOKEN"] = "s3cret-token";
    const { context } = recordedContext();
    const task = shell("bad", { command: 'echo "token $TOKEN" >&2; exit 1', env: { TOKEN: env("KINDS_TEST_TOKEN") } });
    expect((await failure(task.run(undefined, context))).message).toContain("token ***");
  });

  it.each([
    ["no-such-command-here --x", /exited with code 127/, /PATH/],
    [["no-such-command-here"], /"no-such-command-here" is in none of the folders of PATH/, /PATH/],
    [["./no/such/file"], /"\.\/no\/such\/file" does not exist/, /path/],
  ] as const)("because there is none: %s", async (command, message, hint) => {
    const { context } = recordedContext();
    const error = await failure(shell("lost", { command }).run(undefined, context));
    expect(error).toMatchObject({ code: "COMMAND_NOT_FOUND", hint: expect.stringMatching(hint) });
    expect(error.message).toMatch(message);
    expect(isNonRetryable(error)).toBe(true);
  });

  it("because its file may not be executed, or has no interpreter", async () => {
    const dir = folder();
    writeTree(dir, { plain: "", odd: "#!/no/such/interpreter\n" });
    const { context } = recordedContext({ projectDir: dir });
    const plain = await failure(shell("x", { command: ["./plain"] }).run(undefined, context));
    expect(plain).toMatchObject({ code: "COMMAND_NOT_FOUND", message: 'The file "./plain" may not be executed.' });
    await shell("chmod", { command: "chmod +x odd" }).run(undefined, context);
    const odd = await failure(shell("x", { command: ["./odd"] }).run(undefined, context));
    expect(odd).toMatchObject({
      code: "COMMAND_NOT_FOUND",
      message: expect.stringContaining("its interpreter does not"),
    });
  });

  it("because its folder or a secret is missing", async () => {
    const { context } = recordedContext();
    const lost = shell("x", { command: "true", cwd: "no/such/folder" });
    expect(await failure(lost.run(undefined, context))).toMatchObject({ code: "MISSING_FILE" });
    const secret = shell("x", { command: "true", env: { A: env("KINDS_TEST_UNSET") } });
    const error = await failure(secret.run(undefined, context));
    expect(error).toMatchObject({
      code: "MISSING_SECRET",
      message: 'The variable A of "x" is in KINDS_TEST_UNSET, which is not set.',
    });
  });
});

describe("a command that is stopped", () => {
  it("gets SIGTERM with its children, and the task fails with the reason", async () => {
    const dir = folder();
    const reason = new Error("cancelled");
    const { context, abort } = recordedContext({
      projectDir: dir,
      onLine: (line) => line === "stdout ready" && abort.abort(reason),
    });
    const task = shell("wait", {
      command: `trap 'echo ended > ended; exit 0' TERM; (trap 'echo child > child; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & wait; wait`,
    });
    expect(await failure(task.run(undefined, context))).toBe(reason);
    expect(readFileSync(join(dir, "ended"), "utf8")).toBe("ended\n");
    expect(existsSync(join(dir, "child"))).toBe(true);
  });

  it("is killed when it does not listen", async () => {
    const { context, abort, lines } = recordedContext({
      onLine: (line) => line.startsWith("stdout pid") && abort.abort(new Error("timed out")),
    });
    const task = shell("deaf", { command: "trap '' TERM; echo pid $$; while :; do sleep 0.05; done", grace: "100ms" });
    expect(await failure(task.run(undefined, context))).toMatchObject({ message: "timed out" });
    const pid = Number(lines[0]?.split(" ").at(-1));
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("does not wait for a program that it has left behind", async () => {
    const { context, lines } = recordedContext();
    const task = shell("leave", { command: "sleep 60 & echo $!" });
    await task.run(undefined, context);
    const pid = String(lines[0]?.split(" ").at(-1));
    // Gone, or dead and waiting to be collected by its parent. A killed program may need a moment to die.
    const state = (): string => spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" }).stdout;
    await expect.poll(state).toMatch(/^$|^Z/);
  });

  it("was never started when it is too late", async () => {
    const { context, abort, lines } = recordedContext();
    abort.abort(new Error("too late"));
    expect(await failure(shell("x", { command: "echo no" }).run(undefined, context))).toMatchObject({
      message: "too late",
    });
    expect(lines).toEqual([]);
  });
});

describe("a shell task", () => {
  it("is refused without a command", () => {
    expect(() => shell("x", { command: " " })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => shell("x", { command: [] })).toThrow(/the command of task "x" is missing/);
  });
});
