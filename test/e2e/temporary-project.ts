// A project in a temporary folder, and the real command line on it: what a user does, without a network.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach } from "vitest";
import { MILLRACE, OURS, ROOT } from "../setup/installed.ts";

/** Packages that a project of these tests can import, as if they were installed; relative to the repository. */
const INSTALLED: Readonly<Record<string, string>> = {
  ...OURS,
  pg: "node_modules/pg",
  zod: "node_modules/zod",
  "@duckdb/node-api": "node_modules/@duckdb/node-api",
};

/** How a command line ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as NDJSON: every line of it must be a record. */
  readonly records: readonly CliRecord[];
}

/** One record of `--json`. */
export type CliRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A command line that runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  /** Resolves when it has written such a line to standard output or error; rejects when it ends without. */
  untilLine(pattern: RegExp): Promise<string>;
  /** Resolves when it has written such a record; rejects when it ends without. */
  untilRecord(wanted: (record: CliRecord) => boolean): Promise<CliRecord>;
  readonly ended: Promise<CliResult>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Defaults to the project's folder. */
  readonly cwd?: string;
  /** The largest file that it can write, in KiB: a disk that is full for it alone. Defaults to no limit. */
  readonly largestFileKiB?: number;
}

const opened: { readonly dir: string; readonly running: Set<ChildProcess> }[] = [];

afterEach(async () => {
  for (const { dir, running } of opened.splice(0)) {
    for (const child of running) {
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
    }
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** A project that exists for one test. */
export class TemporaryProject {
  readonly dir = mkdtempSync(path.join(tmpdir(), "e2e-"));
  readonly #running = new Set<ChildProcess>();

  /** @param files by path; a configuration and a package.json are there unless given. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    opened.push({ dir: this.dir, running: this.#running });
    const defaults = {
      "package.json": '{ "name": "e2e", "private": true, "type": "module" }',
      "millrace.config.ts": 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 2 });\n',
    };
    for (const [file, text] of Object.entries({ ...defaults, ...files })) this.write(file, text);
    this.install(this.dir);
  }

  /** Puts the packages where a project in `dir` finds them. */
  install(dir: string): void {
    for (const [name, folder] of Object.entries(INSTALLED)) {
      const link = path.join(dir, "node_modules", name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.resolve(ROOT, folder), link);
    }
  }

  path(file: string): string {
    return path.join(this.dir, file);
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  /** Resolves with the text of a file at the top of the project, once it is there and not empty. */
  async untilFile(file: string): Promise<string> {
    const look = (): string => (existsSync(this.path(file)) ? readFileSync(this.path(file), "utf8") : "");
    const found = Promise.withResolvers<string>();
    // Watched before the first look, so that nothing falls between the two.
    const watcher = watch(this.dir, () => {
      if (look() !== "") found.resolve(look());
    });
    if (look() !== "") found.resolve(look());
    try {
      return await found.promise;
    } finally {
      watcher.close();
    }
  }

  /** Runs a command line to its end. */
  async run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return await this.start(args, options).ended;
  }

  /** Starts a command line. */
  start(args: readonly string[], options: CliOptions = {}): CliProcess {
    const { largestFileKiB } = options;
    // POSIX counts in blocks of 512 bytes. The shell becomes the program, so signals reach that.
    const shell =
      largestFileKiB === undefined ? [] : ["/bin/sh", "-c", `ulimit -f ${2 * largestFileKiB}; exec "$@"`, "sh"];
    const [program = "", ...line] = [...shell, ...MILLRACE, ...args];
    const child = spawn(program, line, {
      cwd: options.cwd ?? this.dir,
      env: { ...process.env, NO_COLOR: "1", TZ: "UTC", ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#running.add(child);
    child.stdin.end(options.stdin ?? "");
    return watchProcess(child, () => this.#running.delete(child));
  }
}

function watchProcess(child: ChildProcess, onClose: () => void): CliProcess {
  const output = { stdout: "", stderr: "" };
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let closed = false;
  const tell = (): void => {
    // One that has found what it waits for takes itself out, which a Set allows while it is gone through.
    for (const look of waiting) look();
  };
  for (const name of ["stdout", "stderr"] as const) {
    let rest = "";
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      tell();
    });
  }
  const ended = new Promise<CliResult>((resolve) => {
    child.on("close", (code, signal) => {
      closed = true;
      onClose();
      tell();
      resolve({ code, signal, ...output, records: recordsOf(output.stdout) });
    });
  });
  const until = async <Found>(find: () => Found | undefined): Promise<Found> =>
    await new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined && !closed) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`it ended first, with\n${output.stdout}\n${output.stderr}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    child,
    ended,
    untilLine: (pattern) => until(() => lines.find((line) => pattern.test(line))),
    untilRecord: (wanted) =>
      until(() => recordsOf(lines.filter((line) => line.startsWith("{")).join("\n")).find(wanted)),
  };
}

/** The records of NDJSON. Text that is none gives none, so that a test of plain output need not care. */
function recordsOf(text: string): CliRecord[] {
  if (!text.startsWith('{"')) return [];
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CliRecord);
}
