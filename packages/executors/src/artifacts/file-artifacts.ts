import { type ArtifactId, type Artifacts, type EncodedText, type Path, UNDEFINED_TEXT } from "@millrace/core";
import { ArtifactReader, lengthAt, textAt } from "./artifact-reader.ts";
import { expandPointers } from "./expand-pointers.ts";
import { locate, type Search } from "./look-up.ts";
import { removeArtifact } from "./remove-artifact.ts";
import { removeDeadDrafts, writeArtifact } from "./write-artifact.ts";

/** Small pieces are put together to this many characters before they are written. */
const CHUNK_LENGTH = 256 * 1024;
/** Values are copied from one artifact to another in pieces of this size. */
const COPY_BYTES = 1024 * 1024;

/** Artifact storage in a folder; the files are described in `artifact-format.ts`. */
export class FileArtifacts implements Artifacts {
  readonly #dir: string;
  readonly #reader: ArtifactReader;

  constructor(dir: string) {
    this.#dir = dir;
    this.#reader = new ArtifactReader(dir);
  }

  listLength(artifact: ArtifactId, path: Path): Promise<number | undefined> {
    return this.#reader.search(artifact, lengthAt(path));
  }

  readAt(artifact: ArtifactId, path: Path): Promise<EncodedText | undefined> {
    return this.#reader.search(artifact, textAt(path));
  }

  write(text: EncodedText): Promise<{ artifact: ArtifactId; bytes: number }> {
    return writeArtifact(this.#dir, this.#chunks("", [text], ""));
  }

  writeList(parts: Iterable<EncodedText>): Promise<{ artifact: ArtifactId; bytes: number }> {
    return writeArtifact(this.#dir, this.#chunks("[", parts, "]"));
  }

  /** Removes an artifact that nothing names any more. False when it was written again after this instant, and stays. */
  remove(artifact: ArtifactId, writtenBeforeMs: number): Promise<boolean> {
    return removeArtifact(this.#dir, artifact, writtenBeforeMs);
  }

  /** Removes what dead processes left half written. For the start of a server. */
  async tidy(): Promise<void> {
    await removeDeadDrafts(this.#dir);
  }

  async *#chunks(before: string, parts: Iterable<EncodedText>, after: string): AsyncGenerator<Buffer> {
    let pending = before;
    let isFirst = true;
    for (const part of parts) {
      if (!isFirst) pending += ",";
      isFirst = false;
      if (!part.includes('"$"')) pending += part;
      else {
        for (const piece of await expandPointers(part, ({ id, path }) => this.readAt(id, path))) {
          if (piece.kind === "text") pending += piece.text;
          else {
            yield Buffer.from(pending);
            pending = "";
            yield* this.#copy(piece.artifact, piece.path);
          }
        }
      }
      if (pending.length >= CHUNK_LENGTH) {
        yield Buffer.from(pending);
        pending = "";
      }
    }
    yield Buffer.from(pending + after);
  }

  /** The bytes of a value in an artifact, in pieces, so that its size does not matter. */
  async *#copy(artifact: ArtifactId, path: Path): AsyncGenerator<Buffer> {
    const place = await this.#reader.search(artifact, (root) => locate(root, path));
    if (place?.kind !== "range" || place.rest.length > 0) {
      // Nothing there, a length, or something inside a Map and the like: small, and told by a text.
      yield Buffer.from((await this.readAt(artifact, path)) ?? UNDEFINED_TEXT);
      return;
    }
    for (let at = place.at; at < place.end; at += COPY_BYTES) {
      const length = Math.min(COPY_BYTES, place.end - at);
      yield await this.#reader.search(artifact, function* read(): Search<Buffer> {
        return yield { at, length };
      });
    }
  }
}
