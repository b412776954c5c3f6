import { createHash } from "node:crypto";
import type { ArtifactId } from "@millrace/core";
import { encodeTail } from "./artifact-format.ts";
import { ContentsBuilder } from "./contents-builder.ts";

/** An artifact whose text is still coming: takes its hash and its contents as it passes. */
export class ArtifactDraft {
  readonly #hash = createHash("sha256");
  readonly #contents = new ContentsBuilder();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#contents.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The id, and what is to be written behind the text. */
  finish(): { artifact: ArtifactId; bytes: number; tail: Buffer } {
    const tail = encodeTail(this.#contents.finish(), this.#bytes);
    return { artifact: this.#hash.digest("hex") as ArtifactId, bytes: this.#bytes, tail };
  }
}
