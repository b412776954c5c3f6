import {
  checkTaskName,
  didYouMean,
  MillraceError,
  type Vault,
  type VaultHolding,
  type VaultKind,
  type VaultRow,
} from "@millrace/core";
import type { Project } from "../project/project.ts";
import { type SecretKey, seal, unseal } from "./seal.ts";
import { SecretKeys } from "./secret-keys.ts";
import { checkReference, readReference } from "./secret-providers.ts";

/** Values travel to workers in one piece, and stand in memory there. */
const MAX_VALUE_BYTES = 64 * 1024;
/** Whoever is beaten so often by others who write the same entry gives up. */
const MOST_TRIES = 10;

/** An entry as it may be shown: all but the value of a secret. */
export interface VaultEntry {
  readonly kind: VaultKind;
  readonly name: string;
  readonly version: number;
  /** `stored` in the database, or where it is: `env:NAME`. */
  readonly source: string;
  /** The key that it is sealed with; null for what is not sealed. */
  readonly keyId: string | null;
  /** Of a variable; null for a secret. */
  readonly value: string | null;
  readonly description: string | null;
  readonly setBy: string;
  readonly setAtMs: number;
}

/** What an entry gets. `description` undefined: as it was. */
export interface VaultChange {
  readonly value: { readonly text: string } | { readonly reference: string };
  readonly description: string | undefined;
  readonly actor: string;
}

export interface Rotated {
  readonly keyId: string;
  /** Where the keys are. */
  readonly place: string;
  /** How many entries were sealed anew. */
  readonly resealed: number;
  /** How many keys were taken out of the file. */
  readonly forgotten: number;
}

/** The secrets and variables of a project: the rows of its database, and the keys of this machine. */
export class ProjectVault {
  readonly #rows: Vault;
  readonly #projectDir: string;
  readonly #keys: SecretKeys;

  constructor(rows: Vault, project: Pick<Project, "dir" | "dataDir">, env: NodeJS.ProcessEnv = process.env) {
    this.#rows = rows;
    this.#projectDir = project.dir;
    this.#keys = new SecretKeys(project, env);
  }

  /**
   * The value of an entry, for whoever runs a task that asks for it.
   *
   * @throws MillraceError `MISSING_SECRET`, `MISSING_VARIABLE`; `SECRET_UNREADABLE` without the key, or when the row was
   *   changed.
   */
  async read(kind: VaultKind, name: string): Promise<string> {
    const row = await this.#rows.find(kind, name);
    if (row === undefined) throw await this.#missing(kind, name);
    const { holding } = row;
    switch (holding.kind) {
      case "plain":
        return holding.text;
      case "sealed":
        return unseal(holding.text, row, this.#keyOf(row, holding.keyId));
      case "reference":
        return await readReference(holding.to, `${kind} "${name}"`, this.#projectDir);
      case "removed":
        throw await this.#missing(kind, name);
    }
  }

  /** The key of what is made from now on. Made now, where there is none and nothing needs another. */
  async newestKey(): Promise<SecretKey> {
    return this.#keys.newest() ?? (await this.#firstKey());
  }

  findKey(id: string): SecretKey | undefined {
    return this.#keys.find(id);
  }

  async list(kind: VaultKind): Promise<readonly VaultEntry[]> {
    return (await this.#rows.list()).filter((row) => row.kind === kind).map(entryOf);
  }

  /** Gives an entry its next version. */
  async set(kind: VaultKind, name: string, change: VaultChange): Promise<VaultEntry> {
    checkTaskName(name, kind);
    checkValue(kind, change.value);
    return await this.#put(kind, name, async (version, before) => ({
      kind,
      name,
      version,
      holding: await this.#hold(change.value, { kind, name, version }),
      description: change.description ?? before?.description ?? null,
      setBy: change.actor,
      setAtMs: Date.now(),
    }));
  }

  /** Takes an entry away. Tasks that ask for it fail from now on. */
  async remove(kind: VaultKind, name: string, actor: string): Promise<void> {
    await this.#put(kind, name, async (version, before) => {
      if (before === undefined || before.holding.kind === "removed") throw await this.#missing(kind, name);
      return { ...before, version, holding: { kind: "removed" }, setBy: actor, setAtMs: Date.now() };
    });
  }

  /**
   * Seals every secret with the newest key: with a new one, where the keys are in a file. It is done entry by entry, and
   * whoever reads meanwhile has both keys.
   *
   * @param forget makes no new key, and takes those out of the file that no entry needs any more: the end of a rotation,
   *   for when nobody seals with them any longer.
   */
  async rotateKey(forget: boolean): Promise<Rotated> {
    const newest = this.#keys.isFile && !forget ? await this.#newKey() : this.#keys.newest();
    if (newest === undefined) throw noKey(this.#keys.place);
    let resealed = 0;
    for (const row of await this.#rows.list()) if (await this.#reseal(row, newest)) resealed += 1;
    const forgotten = forget && this.#keys.isFile ? this.#keys.keepOnly(await this.#keysInUse()) : 0;
    return { keyId: newest.id, place: this.#keys.place, resealed, forgotten };
  }

  async #put(
    kind: VaultKind,
    name: string,
    make: (version: number, before: VaultRow | undefined) => Promise<VaultRow>,
  ): Promise<VaultEntry> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = await this.#rows.find(kind, name);
      const row = await make((before?.version ?? 0) + 1, before);
      if (await this.#rows.put(row)) return entryOf(row);
    }
    throw new MillraceError("STORE_FAILED", `Others keep changing the ${kind} "${name}".`, { hint: "Try again." });
  }

  async #hold(
    value: VaultChange["value"],
    identity: Pick<VaultRow, "kind" | "name" | "version">,
  ): Promise<VaultHolding> {
    if ("reference" in value) return { kind: "reference", to: value.reference };
    if (identity.kind === "variable") return { kind: "plain", text: value.text };
    const key = await this.newestKey();
    return { kind: "sealed", keyId: key.id, text: seal(value.text, identity, key) };
  }

  /** A key that others do not have would lock them out; so it is made only where nothing is sealed yet. */
  async #firstKey(): Promise<SecretKey> {
    const [used] = await this.#keysInUse();
    if (used !== undefined || !this.#keys.isFile) throw noKey(this.#keys.place);
    return this.#keys.create();
  }

  async #newKey(): Promise<SecretKey> {
    return this.#keys.newest() === undefined ? await this.#firstKey() : this.#keys.add();
  }

  async #keysInUse(): Promise<ReadonlySet<string>> {
    const rows = await this.#rows.list();
    return new Set(rows.flatMap(({ holding }) => (holding.kind === "sealed" ? [holding.keyId] : [])));
  }

  async #reseal(row: VaultRow, newest: SecretKey): Promise<boolean> {
    const { kind, name, version, holding } = row;
    if (holding.kind !== "sealed" || holding.keyId === newest.id) return false;
    const value = unseal(holding.text, row, this.#keyOf(row, holding.keyId));
    const text = seal(value, row, newest);
    if (await this.#rows.reseal({ kind, name, version, fromKeyId: holding.keyId, keyId: newest.id, text })) return true;
    // Somebody has set it meanwhile, maybe still with the key of before.
    const now = await this.#rows.find(kind, name);
    return now !== undefined && (await this.#reseal(now, newest));
  }

  #keyOf({ kind, name }: Pick<VaultRow, "kind" | "name">, id: string): SecretKey {
    const key = this.#keys.find(id);
    if (key !== undefined) return key;
    throw new MillraceError(
      "SECRET_UNREADABLE",
      `The ${kind} "${name}" is sealed with the key ${id}, which is not in ${this.#keys.place}.`,
      { hint: "Every machine that leads needs the keys: copy the file, or set MILLRACE_SECRET_KEY on each." },
    );
  }

  async #missing(kind: VaultKind, name: string): Promise<MillraceError> {
    const names = (await this.list(kind)).map((entry) => entry.name);
    const set = `millrace ${kind} set ${name}`;
    const hint = names.length === 0 ? `Set it: \`${set}\`.` : `${didYouMean(name, names, `${kind}s`)} Or \`${set}\`.`;
    const code = kind === "secret" ? "MISSING_SECRET" : "MISSING_VARIABLE";
    return new MillraceError(code, `There is no ${kind} "${name}".`, { hint });
  }
}

function checkValue(kind: VaultKind, value: VaultChange["value"]): void {
  if ("reference" in value) {
    checkReference(value.reference);
    return;
  }
  if (kind === "secret" && value.text === "") {
    throw new MillraceError("USAGE", "The secret is empty.", { hint: "Give it on the standard input." });
  }
  const bytes = Buffer.byteLength(value.text);
  if (bytes <= MAX_VALUE_BYTES) return;
  throw new MillraceError("USAGE", `The ${kind} has ${bytes} bytes; ${MAX_VALUE_BYTES} are the most.`, {
    hint: "Keep large things in a file, and its path here.",
  });
}

function noKey(place: string): MillraceError {
  return new MillraceError("INVALID_SECRET_KEY", `There are sealed secrets, and no key in ${place}.`, {
    hint: "Copy the key file from a machine that has it, or set MILLRACE_SECRET_KEY.",
  });
}

function entryOf({ kind, name, version, holding, description, setBy, setAtMs }: VaultRow): VaultEntry {
  return {
    kind,
    name,
    version,
    source: holding.kind === "reference" ? holding.to : "stored",
    keyId: holding.kind === "sealed" ? holding.keyId : null,
    value: holding.kind === "plain" ? holding.text : null,
    description,
    setBy,
    setAtMs,
  };
}
