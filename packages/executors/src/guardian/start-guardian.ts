import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { environmentForChildren } from "../processes/child-environment.ts";

export interface Guardian {
  readonly pid: number;
  /** Lets it kill what is left, and comes back when it has ended. */
  stop(): Promise<void>;
}

export interface GuardianOptions {
  readonly mark: string;
  /** The guardian's own program. */
  readonly entry: string;
  readonly execArgv: readonly string[];
}

/** A guardian needs little, and lives as long as its server: small heap, no threads to speak of. */
const LEAN = ["--max-old-space-size=32", "--max-semi-space-size=1", "--v8-pool-size=0"];

/** A guardian that ends sooner, in milliseconds, may be one that cannot run on this machine. */
const SHORTEST_LIFE_MS = 1_000;
/** The first that dies young is replaced at once, those after it after a time that grows from one to the other. */
const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 30_000;

/** Those of this process, by mark, with how many need each. */
const held = new Map<string, { readonly guardian: Guardian; holders: number }>();

/**
 * The guardian of a mark. Whoever starts processes that carry the mark holds it before the first of them, and lets go
 * with `stop` after the last; it ends when nobody holds it.
 */
export function holdGuardian(options: GuardianOptions): Guardian {
  const { mark } = options;
  const entry = held.get(mark) ?? { guardian: startGuardian(options), holders: 0 };
  held.set(mark, entry);
  entry.holders += 1;
  let isHeld = true;
  return {
    get pid() {
      return entry.guardian.pid;
    },
    async stop() {
      if (!isHeld) return;
      isHeld = false;
      entry.holders -= 1;
      if (entry.holders > 0) return;
      held.delete(mark);
      await entry.guardian.stop();
    },
  };
}

/**
 * Starts the guardian of an executor. It is in a session of its own, so that a closed terminal or Ctrl-C does not take
 * it away before its parent. When it dies by itself, another takes its place.
 */
function startGuardian(options: GuardianOptions): Guardian {
  let stopping = false;
  let delay: NodeJS.Timeout | undefined;
  /** Guardians in a row that died young. */
  let early = 0;
  let current = launch();

  function launch(): ChildProcess {
    const startedAtMs = performance.now();
    const child = spawnGuardian(options);
    // A program that cannot be started at all says so here, and has no exit.
    child.once("error", ended);
    child.once("exit", ended);
    function ended(): void {
      if (stopping || child !== current) return;
      early = performance.now() - startedAtMs < SHORTEST_LIFE_MS ? early + 1 : 0;
      replace();
    }
    return child;
  }

  /** While there is none, the sweep before a retry would do its work. */
  function replace(): void {
    if (early <= 1) {
      current = launch();
      return;
    }
    delay = setTimeout(
      () => {
        current = launch();
      },
      Math.min(FIRST_DELAY_MS * 2 ** (early - 2), LAST_DELAY_MS),
    );
    delay.unref();
  }

  return {
    get pid() {
      return current.pid ?? 0;
    },
    async stop() {
      stopping = true;
      clearTimeout(delay);
      if (current.exitCode !== null || current.signalCode !== null || current.pid === undefined) return;
      const exited = once(current, "exit");
      current.ref();
      current.stdin?.destroy();
      await exited;
    },
  };
}

function spawnGuardian({ mark, entry, execArgv }: GuardianOptions): ChildProcess {
  const child = spawn(process.execPath, [...LEAN, ...execArgv, entry, mark], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
    // Compiled code that is there already saves it the compiler's memory.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...environmentForChildren() },
  });
  child.unref();
  (child.stdin as unknown as { unref?(): void }).unref?.();
  // Writing to a guardian that died is no reason to fail; a new one is on its way.
  child.stdin?.on("error", () => undefined);
  return child;
}
