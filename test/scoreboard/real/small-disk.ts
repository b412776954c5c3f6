// A disk of a few megabytes that is really full when it is full: a file system in memory, where this user may mount one.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";

const PIECE_BYTES = 64 * 1024;

export class SmallDisk {
  readonly dir: string;
  readonly #ballast: string;

  private constructor(dir: string) {
    this.dir = dir;
    this.#ballast = path.join(dir, "ballast");
  }

  /** Undefined where this user may not mount. */
  static mount(dir: string, megabytes: number): SmallDisk | undefined {
    mkdirSync(dir, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir], { stdio: "ignore" });
      return new SmallDisk(dir);
    } catch {
      return undefined;
    }
  }

  /** Takes all the space there is. */
  fill(): void {
    mkdirSync(this.#ballast, { recursive: true });
    for (let piece = 0; this.freeBytes > 0; piece += 1) {
      const bytes = Math.min(PIECE_BYTES, this.freeBytes);
      try {
        writeFileSync(path.join(this.#ballast, String(piece)), Buffer.alloc(bytes));
      } catch {
        // Somebody else took it: it is full all the same.
        return;
      }
    }
  }

  /** Gives back what was taken. */
  relieve(): void {
    rmSync(this.#ballast, { recursive: true, force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.dir);
    return bavail * bsize;
  }

  unmount(): void {
    execFileSync("umount", ["--lazy", this.dir], { stdio: "ignore" });
  }
}
