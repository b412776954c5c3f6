import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { MillraceError } from "@millrace/core";
import type { Project } from "../project/project.ts";
import { KEY_BYTES, type SecretKey, secretKey } from "./seal.ts";

const KEY_VARIABLE = "MILLRACE_SECRET_KEY";
const FILE_VARIABLE = "MILLRACE_SECRET_KEY_FILE";
/** Of a file's mode: whatever lets people in who are neither its owner nor of its group. */
const OTHERS = 0o007;
const OWNER_ONLY = 0o600;

const HEAD =
  "# Keys of Millrace's secrets, the newest first. Keep them apart from the database's backups, and let nobody read them.\n";

/**
 * The keys that secrets are sealed with: the newest seals, all open. They stand in `MILLRACE_SECRET_KEY` (base64, several
 * with a comma between, the newest first), or in a file, one a line: `.millrace/secret-key`, or what
 * `MILLRACE_SECRET_KEY_FILE` names.
 */
export class SecretKeys {
  readonly #file: string;
  readonly #given: string | undefined;
  #keys: readonly SecretKey[] | undefined;

  constructor(project: Pick<Project, "dir" | "dataDir">, env: NodeJS.ProcessEnv = process.env) {
    const named = env[FILE_VARIABLE]?.trim() ?? "";
    this.#file = named === "" ? path.join(project.dataDir, "secret-key") : path.resolve(project.dir, named);
    this.#given = (env[KEY_VARIABLE]?.trim() ?? "") === "" ? undefined : env[KEY_VARIABLE];
  }

  /** Where the keys are, for people. */
  get place(): string {
    return this.#given === undefined ? this.#file : KEY_VARIABLE;
  }

  get isFile(): boolean {
    return this.#given === undefined;
  }

  /** The key that seals; undefined where there is none yet. */
  newest(): SecretKey | undefined {
    return this.#read()[0];
  }

  /** The key of a row. One that is not known may have been added since: the file is read again. */
  find(id: string): SecretKey | undefined {
    const known = this.#read().find((key) => key.id === id);
    if (known !== undefined || !this.isFile) return known;
    this.#keys = undefined;
    return this.#read().find((key) => key.id === id);
  }

  /** Makes the file with a first key, unless somebody else just has. */
  create(): SecretKey {
    const made = secretKey(randomBytes(KEY_BYTES));
    const draft = this.#draft([made]);
    try {
      linkSync(draft, this.#file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    this.#keys = undefined;
    return this.newest() ?? made;
  }

  /** Adds a key to the file, which is the newest from now on. */
  add(): SecretKey {
    const made = secretKey(randomBytes(KEY_BYTES));
    this.#replace([made, ...this.#read()]);
    return made;
  }

  /** Takes keys out of the file that nothing needs. Gives how many. */
  keepOnly(ids: ReadonlySet<string>): number {
    const keys = this.#read();
    const kept = keys.filter((key, index) => index === 0 || ids.has(key.id));
    if (kept.length < keys.length) this.#replace(kept);
    return keys.length - kept.length;
  }

  #replace(keys: readonly SecretKey[]): void {
    renameSync(this.#draft(keys), this.#file);
    this.#keys = undefined;
  }

  /** A file beside the real one, whole and nobody else's to read before it gets the name. */
  #draft(keys: readonly SecretKey[]): string {
    const draft = `${this.#file}.${randomBytes(6).toString("hex")}`;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const lines = keys.map(({ bytes }) => `${bytes.toString("base64")}\n`);
    writeFileSync(draft, HEAD + lines.join(""), { mode: OWNER_ONLY, flag: "wx", flush: true });
    return draft;
  }

  #read(): readonly SecretKey[] {
    this.#keys ??= this.#given === undefined ? this.#readFile() : parseKeys(this.#given.split(/[,\s]+/), KEY_VARIABLE);
    return this.#keys;
  }

  #readFile(): readonly SecretKey[] {
    const found = statSync(this.#file, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if ((found.mode & OTHERS) !== 0) {
      throw new MillraceError("INVALID_SECRET_KEY", `Everybody on this machine may read or change ${this.#file}.`, {
        hint: `Take that away, chmod 600 ${this.#file}, and replace the key if others may have seen it: \`millrace secret rotate-key\`.`,
      });
    }
    const lines = readFileSync(this.#file, "utf8").split("\n");
    return parseKeys(
      lines.filter((line) => !line.startsWith("#")),
      this.#file,
    );
  }
}

function parseKeys(texts: readonly string[], place: string): readonly SecretKey[] {
  const given = texts.map((text) => text.trim()).filter((text) => text !== "");
  return given.map((text, index) => {
    const bytes = Buffer.from(text, "base64");
    // Node reads what it can of anything; only the same text again was base64.
    if (bytes.length === KEY_BYTES && bytes.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "")) {
      return secretKey(bytes);
    }
    const which = given.length === 1 ? "The key" : `Key ${index + 1}`;
    throw new MillraceError("INVALID_SECRET_KEY", `${which} in ${place} is not 32 bytes in base64.`, {
      hint: "Make one with `openssl rand -base64 32`.",
    });
  });
}
