import { chmodSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, test } from "vitest";
import { type CommandEnd, type CommandRequest, runCommand } from "../../src/kinds/command/run-command.ts";
import { endInterpreters, startWarm } from "../../src/kinds/python/interpreter.ts";
import { MarkedStream } from "../../src/kinds/python/marked-stream.ts";
import { temporaryFolders, writeTree } from "./temporary-folder.ts";

const makeFolder = temporaryFolders();

afterEach(() => endInterpreters());

interface Told {
  readonly lines: readonly string[];
  readonly end: Pick<CommandEnd, "exitCode" | "signal">;
  readonly stdout: string;
  /** It ran in a fork. */
  readonly isWarm: boolean;
}

/** Runs a script, in a new process or in a fork of a warm interpreter. */
async function runScript(script: string, given: Partial<CommandRequest> & { readonly warm: boolean }): Promise<Told> {
  // What waits for a process of its own does not keep Node here, where no worker's pipe does.
  const awake = setInterval(() => undefined, 60_000);
  onTestFinished(() => clearInterval(awake));
  const { warm, ...more } = given;
  const lines: string[] = [];
  let isWarm = false;
  const end = await runCommand({
    argv: ["python3", script, "first", "second"],
    env: { MILLRACE_RUN_ID: String(warm), OWN: "1", PYTHONUNBUFFERED: "1" },
    cwd: join(script, ".."),
    stdin: null,
    signal: new AbortController().signal,
    graceMs: 5_000,
    keepStdout: true,
    onLine: (stream, line) => lines.push(`${stream} ${line}`),
    ...more,
    ...(warm
      ? {
          start: async (request) => {
            const program = await startWarm(request, () => undefined);
            isWarm = program !== undefined;
            return program;
          },
        }
      : {}),
  });
  const { exitCode, signal, stdout } = end;
  return { lines: lines.toSorted(), end: { exitCode, signal }, stdout: stdout.toString("utf8"), isWarm };
}

const SCRIPTS: Readonly<Record<string, string>> = {
  "is __main__, with its arguments, folder and modules":
    "import os, sys, beside\nprint(__name__, sys.argv, sys.path[0], os.getcwd(), __file__, beside.NAME, __spec__, sys.modules['__main__'].__file__)",
  "has the variables that it was given and no others":
    "import os\nprint(sorted((k, v) for k, v in os.environ.items() if k not in ('_', 'MILLRACE_RUN_ID', 'LC_CTYPE')))",
  "sees nothing of the interpreter": "print(sorted(name for name in globals() if not name.startswith('__')))",
  "reads nothing from its standard input": "import sys\nprint(repr(sys.stdin.read()))",
  "leads a session of its own": "import os\nprint(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())",
  "ends with the code that it says": "import sys\nprint('so')\nsys.exit(3)",
  "ends with a message as its exit code": "import sys\nsys.exit('no more')",
  "ends with a traceback": "def fail():\n    raise ValueError('no')\nprint('before')\nfail()",
  "ends with a chain of tracebacks":
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('later') from error",
  "does not compile": "print('before')\ndef :\n",
  "has a hook for exceptions":
    "import sys\nsys.excepthook = lambda kind, value, trace: print('hooked', kind, value)\n1 / 0",
  "waits for its threads, then runs what was registered":
    "import atexit, threading, time\nvalue = 5\natexit.register(lambda: print('bye', value))\nthreading.Thread(target=lambda: (time.sleep(0.05), print('late', value))).start()\nprint('end')",
  "ends at once": "import os\nprint('so')\nos._exit(4)",
  "dies of a signal": "import os, signal\nprint('so', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)",
  "writes no end of its last line": "import sys\nsys.stdout.write('no end')\nsys.stderr.write('neither')",
  "writes much, and bytes that are no text":
    "import os\nos.write(1, b'\\xff\\0' * 20000 + b'\\n')\nfor n in range(9): print('x' * 60000)",
  "starts processes of its own":
    "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(7)'], capture_output=True, text=True).stdout)",
  "forks a pool":
    "import multiprocessing\ndef twice(n): return 2 * n\nif __name__ == '__main__':\n    with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(twice, [1, 2]))",
  "spawns a pool":
    "import multiprocessing\ndef twice(n): return 2 * n\nif __name__ == '__main__':\n    with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(twice, [1, 2]))",
  "pickles what it defines":
    "import pickle\nclass Thing: pass\nprint(type(pickle.loads(pickle.dumps(Thing()))).__module__)",
};

/** Speaks as the interpreter does, and hands its output on when all else is said. */
const LATE = `#!/usr/bin/env python3
import json, os, sys, time
os.write(3, json.dumps({"pid": os.getpid()}).encode() + b"\\n")
order = json.loads(sys.stdin.readline())
os.write(3, b'{"started": 4194305}\\n{"code": 0, "signal": null}\\n')
time.sleep(0.2)
os.write(1, b"late\\n" + order["end"].encode())
os.write(2, b"later\\n" + order["end"].encode())
sys.stdin.read()
`;

describe("a script in a fork of a warm interpreter", () => {
  it.each(Object.entries(SCRIPTS))("%s, as in a process of its own", async (_, text) => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, { "work.py": text, "beside.py": "NAME = 'beside'\n" });
    const script = join(dir, "work.py");
    const cold = await runScript(script, { warm: false });
    const warm = await runScript(script, { warm: true });
    expect(warm).toEqual({ ...cold, isWarm: true });
    expect(cold.lines.length + cold.end.exitCode).toBeGreaterThan(0);
  });

  it("leaves nothing to the next one", async () => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, {
      "first.py":
        "import os, sys, builtins\nsys.leftover = builtins.leftover = 1\nos.environ['LEFT'] = '1'\nos.chdir('/')",
      "second.py":
        "import os, sys, builtins\nprint(hasattr(sys, 'leftover'), hasattr(builtins, 'leftover'), 'LEFT' in os.environ, os.getcwd())",
    });
    expect((await runScript(join(dir, "first.py"), { warm: true })).isWarm).toBe(true);
    const { lines, isWarm } = await runScript(join(dir, "second.py"), { warm: true });
    expect(isWarm).toBe(true);
    expect(lines).toEqual([`stdout False False False ${dir}`]);
  });

  it("is told to stop, has its grace, and the interpreter stays for the next", async () => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, {
      "slow.py":
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print('told'), sys.exit(0)))\nprint('there')\ntime.sleep(60)",
      "next.py": "print('next')",
    });
    const abort = new AbortController();
    const lines: string[] = [];
    const stopped = runScript(join(dir, "slow.py"), {
      warm: true,
      signal: abort.signal,
      onLine: (stream, line) => {
        lines.push(`${stream} ${line}`);
        if (line === "there") abort.abort(new Error("stop"));
      },
    });
    await expect(stopped).rejects.toThrow("stop");
    expect(lines).toEqual(["stdout there", "stdout told"]);
    expect((await runScript(join(dir, "next.py"), { warm: true })).isWarm).toBe(true);
  });

  it("has said all when it has ended, though its output comes after the word of its end", async () => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, { "work.py": "", python: LATE });
    chmodSync(join(dir, "python"), 0o755);
    const { lines, isWarm } = await runScript(join(dir, "work.py"), {
      warm: true,
      argv: [join(dir, "python"), join(dir, "work.py")],
    });
    expect([isWarm, lines]).toEqual([true, ["stderr later", "stdout late"]]);
  });

  it("is a process of its own when the interpreter is at work", async () => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, {
      "slow.py": "import os, time\nprint('there')\nwhile not os.path.exists('go'): time.sleep(0.01)",
      "go.py": "open('go', 'w')",
    });
    let other: Promise<Told> | undefined;
    const slow = await runScript(join(dir, "slow.py"), {
      warm: true,
      onLine: () => {
        other = runScript(join(dir, "go.py"), { warm: true });
      },
    });
    expect(slow.isWarm).toBe(true);
    expect(await other).toMatchObject({ isWarm: false, end: { exitCode: 0 } });
  });

  it("is a process of its own where Python does not start", async () => {
    const dir = realpathSync(makeFolder());
    writeTree(dir, { "work.py": "print('so')" });
    const request = { warm: true, env: { PYTHONHOME: "/nowhere" } };
    const { end, isWarm } = await runScript(join(dir, "work.py"), request);
    expect(isWarm).toBe(false);
    expect(end.exitCode).not.toBe(0);
  });
});

test("a mark is found wherever chunks end", async () => {
  for (const chunks of [
    ["ab", "cd<end>late"],
    ["abcd<e", "nd>"],
    ["a", "bcd<", "end", ">x"],
    ["ab<en", "cd<end>"],
  ]) {
    const stream = new MarkedStream("<end>");
    for (const chunk of chunks) stream.write(Buffer.from(chunk));
    const bytes = await stream.toArray();
    expect(Buffer.concat(bytes).toString()).toBe(chunks.join("").replace(/<end>.*$/, ""));
  }
});
