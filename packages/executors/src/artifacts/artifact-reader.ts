import { closeSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type ArtifactId, type EncodedText, MillraceError, type Path, pickText } from "@millrace/core";
import { artifactPath, FOOTER_BYTES, parseContents, parseFooter } from "./artifact-format.ts";
import type { ContentsNode } from "./contents-builder.ts";
import { countAt, locate, type Place, type Search } from "./look-up.ts";
import { readFully, readFullyAsync } from "./read-fully.ts";

/** Contents that are kept in memory: artifacts never change, and the same one is asked for again and again. */
const KEPT_CONTENTS = 64;

/** Contents of the artifacts used last. */
class ContentsCache {
  readonly #kept = new Map<ArtifactId, ContentsNode>();

  find(artifact: ArtifactId): ContentsNode | undefined {
    const contents = this.#kept.get(artifact);
    if (contents === undefined) return undefined;
    this.#kept.delete(artifact);
    this.#kept.set(artifact, contents);
    return contents;
  }

  keep(artifact: ArtifactId, contents: ContentsNode): void {
    this.#kept.set(artifact, contents);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_CONTENTS) return;
      this.#kept.delete(oldest);
    }
  }
}

/** Bytes by offset, blocking: for workers, where one attempt runs at a time. */
export class BlockingArtifactReader {
  readonly #dir: string;
  readonly #cache = new ContentsCache();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Runs a search in an artifact. */
  search<T>(artifact: ArtifactId, search: (root: ContentsNode) => Search<T>): T {
    const path = artifactPath(this.#dir, artifact);
    let fd: number;
    try {
      fd = openSync(path, "r");
    } catch (cause) {
      throw missing(artifact, cause);
    }
    try {
      const steps = withContents(artifact, this.#cache, search);
      let step = steps.next();
      while (step.done !== true) step = steps.next(readFully(fd, step.value.at, step.value.length));
      return step.value;
    } catch (cause) {
      throw cause instanceof RangeError ? missing(artifact, cause) : cause;
    } finally {
      closeSync(fd);
    }
  }
}

/** The same without blocking: for the engine's process. */
export class ArtifactReader {
  readonly #dir: string;
  readonly #cache = new ContentsCache();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async search<T>(artifact: ArtifactId, search: (root: ContentsNode) => Search<T>): Promise<T> {
    let file: FileHandle;
    try {
      file = await open(artifactPath(this.#dir, artifact), "r");
    } catch (cause) {
      throw missing(artifact, cause);
    }
    try {
      const steps = withContents(artifact, this.#cache, search);
      let step = steps.next();
      while (step.done !== true) step = steps.next(await readFullyAsync(file, step.value.at, step.value.length));
      return step.value;
    } catch (cause) {
      throw cause instanceof RangeError ? missing(artifact, cause) : cause;
    } finally {
      await file.close();
    }
  }
}

/** A search for the text at a path, with what is left of the path put around it for the codec to follow. */
export function textAt(path: Path): (root: ContentsNode) => Search<EncodedText | undefined> {
  return function* read(root): Search<EncodedText | undefined> {
    const place: Place | undefined = yield* locate(root, path);
    if (place === undefined) return undefined;
    if (place.kind === "number") return String(place.value) as EncodedText;
    const bytes = yield { at: place.at, length: place.end - place.at };
    return pickText(bytes.toString("utf8") as EncodedText, place.rest);
  };
}

/** A search for the length of the list at a path. */
export function lengthAt(path: Path): (root: ContentsNode) => Search<number | undefined> {
  return (root) => countAt(root, path);
}

function* withContents<T>(
  artifact: ArtifactId,
  cache: ContentsCache,
  search: (root: ContentsNode) => Search<T>,
): Search<T> {
  let root = cache.find(artifact);
  if (root === undefined) {
    // A request from the end of the file: its size is not known yet.
    const footer = parseFooter(yield { at: -FOOTER_BYTES, length: FOOTER_BYTES });
    if (footer === undefined) throw missing(artifact, new Error("the file does not end as an artifact does"));
    const contents = yield { at: footer.textBytes + footer.tableBytes, length: footer.contentsBytes };
    root = parseContents(contents, footer);
    cache.keep(artifact, root);
  }
  return yield* search(root);
}

function missing(artifact: ArtifactId, cause: unknown): MillraceError {
  return new MillraceError("ARTIFACT_MISSING", `Artifact ${artifact} is not in artifact storage, or damaged.`, {
    hint: "Was its file deleted? Rerun the task that made it.",
    cause,
  });
}
