import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PLANTED = path.join(import.meta.dirname, "planted");
/** What the simulator runs: the copy has these of its own, and everything else from the workspace. */
const PACKAGES = ["core", "engine", "store", "testing"];
const FOLDERS = [
  ...PACKAGES.flatMap((name) => ["src", "package.json"].map((part) => `packages/${name}/${part}`)),
  "packages/store/migrations",
  "test/simulation",
  "test/invariants",
];

/** A bug that somebody might make, kept as a patch. */
export interface PlantedBug {
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  readonly store: "memory" | "sqlite";
  readonly file: string;
}

export function listBugs(): readonly PlantedBug[] {
  const names = readdirSync(PLANTED).filter((name) => name.endsWith(".patch"));
  return names.sort().map((name) => {
    const file = path.join(PLANTED, name);
    const [about = "", store = ""] = readFileSync(file, "utf8").split("\n");
    return { name: path.basename(name, ".patch"), about, store: store === "Store: sqlite" ? "sqlite" : "memory", file };
  });
}

/** A copy of the sources that the simulator runs. */
export class SourceCopy {
  readonly #dir: string;

  constructor() {
    this.#dir = mkdtempSync(path.join(tmpdir(), "millrace-planted-"));
    for (const folder of FOLDERS) cpSync(path.join(ROOT, folder), path.join(this.#dir, folder), { recursive: true });
    cpSync(path.join(ROOT, "package.json"), path.join(this.#dir, "package.json"));
    this.#linkModules();
  }

  /** Packages of ours come from the copy, all others from where they are installed. */
  #linkModules(): void {
    const [from, to] = [path.join(ROOT, "node_modules"), path.join(this.#dir, "node_modules")];
    mkdirSync(path.join(to, "@millrace"), { recursive: true });
    for (const name of readdirSync(from)) {
      if (name !== "@millrace" && !name.startsWith(".")) symlinkSync(path.join(from, name), path.join(to, name));
    }
    for (const name of readdirSync(path.join(from, "@millrace"))) {
      const own = PACKAGES.includes(name) ? this.#dir : ROOT;
      symlinkSync(path.join(own, "packages", name), path.join(to, "@millrace", name));
    }
  }

  /** Puts a bug in. Throws when its patch does not fit the sources any more. */
  async plant({ file }: PlantedBug): Promise<void> {
    await promisify(execFile)("git", ["apply", file], { cwd: this.#dir });
  }

  async uproot({ file }: PlantedBug): Promise<void> {
    await promisify(execFile)("git", ["apply", "--reverse", file], { cwd: this.#dir });
  }

  /** Plays simulations in the copy until something is wrong. */
  async play(options: PlayOptions): Promise<Played> {
    const { store, seed, steps, limitMs } = options;
    const args = ["--conditions=@millrace/source", path.join(this.#dir, "test/simulation/main.ts"), "--until-wrong"];
    args.push("--store", store, "--seed", String(seed), "--steps", String(steps));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: limitMs, killSignal: "SIGKILL" });
      return playedFrom(stdout);
    } catch (error) {
      const {
        stdout = "",
        stderr = "",
        killed = false,
      } = error as { stdout?: string; stderr?: string; killed?: boolean };
      if (killed) return { steps: 0, wrong: null, trouble: `it was not over after ${limitMs / 1_000} s` };
      const played = playedFrom(stdout);
      return played.wrong === null ? { ...played, trouble: stderr.slice(0, 2_000) } : played;
    }
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

export interface PlayOptions {
  readonly store: "memory" | "sqlite";
  readonly seed: number;
  readonly steps: number;
  readonly limitMs: number;
}

export interface Played {
  readonly steps: number;
  /** The first thing that was wrong; null when nothing was. */
  readonly wrong: string | null;
  /** Why the simulations did not come to an end. */
  readonly trouble: string | null;
}

/** The last line has the figures, those before it say what was wrong. */
function playedFrom(stdout: string): Played {
  const lines = stdout.trimEnd().split("\n");
  const figures = lines.at(-1)?.startsWith("{") === true ? (JSON.parse(lines.at(-1) ?? "") as { steps: number }) : null;
  const wrong = lines.find((line) => line.startsWith("seed ")) ?? null;
  return { steps: figures?.steps ?? 0, wrong, trouble: figures === null ? "it said nothing at its end" : null };
}
