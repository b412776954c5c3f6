import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** Hashes of project files, each read once. */
export class FileHashes {
  readonly #projectDir: string;
  readonly #texts = new Map<string, Uint8Array>();
  readonly #byFile = new Map<string, string>();

  constructor(projectDir: string) {
    this.#projectDir = projectDir;
  }

  /**
   * A hash of the given files, names and contents. A flow's own code is its module and all it imports from the project,
   * with the files that its tasks name: so changing one flow, or what is woven around it in the bundle, leaves the
   * cached results of the others alone. Packages do not count.
   *
   * @param files absolute.
   */
  of(files: Iterable<string>): string {
    const hash = createHash("sha256");
    for (const file of [...new Set(files)].sort()) {
      addPart(hash, path.relative(this.#projectDir, file));
      addPart(hash, this.contentHash(file));
    }
    return hash.digest("hex");
  }

  /** A file's content, as it was hashed. */
  read(file: string): Uint8Array {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const content = readFileSync(file);
    this.#texts.set(file, content);
    return content;
  }

  contentHash(file: string): string {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const made = createHash("sha256").update(this.read(file)).digest("hex");
    this.#byFile.set(file, made);
    return made;
  }
}

/** The content address of a version: a hash over the names and contents of its files, in order of their names. */
export function contentAddress(files: readonly { readonly path: string; readonly content: Uint8Array }[]): string {
  const hash = createHash("sha256");
  for (const { path: name, content } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    addPart(hash, name);
    addPart(hash, content);
  }
  return hash.digest("hex");
}

/** With its length, so that two parts never read like two others. */
function addPart(hash: Hash, part: string | Uint8Array): void {
  hash.update(`${typeof part === "string" ? Buffer.byteLength(part) : part.byteLength}:`).update(part);
}
