// A disk that fails when it is told to, for one program and its children.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

const SOURCE = path.join(import.meta.dirname, "failing-disk.c");
/** The fields of the control file in their order, 64 bits each. */
const FIELDS = ["writes", "failures", "from", "until", "error"] as const;
const FIELD_BYTES = 8;
const FOR_EVER = 2n ** 63n;

export type DiskError = "ENOSPC" | "EIO";

/** Compiles the library that stands in front of the system's. Undefined where there is no compiler for it. */
export function compileFailingDisk(): string | undefined {
  if (process.platform !== "linux") return undefined;
  // Named by this process: the row that asks for it runs alone in it.
  const library = path.join(tmpdir(), `failing-disk-${process.pid}.so`);
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], { stdio: "ignore" });
    process.once("exit", () => rmSync(library, { force: true }));
    return library;
  } catch {
    return undefined;
  }
}

export class FailingDisk {
  readonly #control: string;
  readonly #library: string;
  readonly #match: string;

  /** @param match what the path of a file holds that is on this disk. */
  constructor(library: string, control: string, match: string) {
    this.#library = library;
    this.#control = control;
    this.#match = match;
    writeFileSync(control, Buffer.alloc(FIELDS.length * FIELD_BYTES));
  }

  /** For the environment of the program. */
  get env(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.#library,
      FAILING_DISK_CONTROL: this.#control,
      FAILING_DISK_MATCH: this.#match,
    };
  }

  /** The n-th write from now fails, and all after it, or only so many. */
  failAt(n: number, error: DiskError, howMany?: number): void {
    const from = BigInt(this.writes + n);
    this.#set("from", from);
    this.#set("until", howMany === undefined ? FOR_EVER : from + BigInt(howMany));
    this.#set("error", BigInt(constants.errno[error]));
  }

  mend(): void {
    this.#set("error", 0n);
  }

  get writes(): number {
    return this.#get("writes");
  }

  get failures(): number {
    return this.#get("failures");
  }

  #get(field: (typeof FIELDS)[number]): number {
    const file = openSync(this.#control, "r");
    const bytes = Buffer.alloc(FIELD_BYTES);
    readSync(file, bytes, 0, FIELD_BYTES, FIELDS.indexOf(field) * FIELD_BYTES);
    closeSync(file);
    return Number(bytes.readBigUInt64LE());
  }

  #set(field: (typeof FIELDS)[number], value: bigint): void {
    const bytes = Buffer.alloc(FIELD_BYTES);
    bytes.writeBigUInt64LE(value);
    const file = openSync(this.#control, "r+");
    writeSync(file, bytes, 0, FIELD_BYTES, FIELDS.indexOf(field) * FIELD_BYTES);
    closeSync(file);
  }
}
