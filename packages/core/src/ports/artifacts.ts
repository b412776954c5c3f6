import type { ArtifactId } from "../ids.ts";
import type { Path } from "../spec/template.ts";
import type { EncodedText } from "../value/encoded.ts";

/** Artifact storage, as far as the engine needs it: it looks into large values without reading them whole. */
export interface Artifacts {
  /** The length of the list at `path`, or undefined when there is no list. Reads a table of contents only. */
  listLength(artifact: ArtifactId, path: Path): Promise<number | undefined>;
  /** The text of the value at `path`. Throws `ARTIFACT_MISSING`; for `undefined`, gives undefined. */
  readAt(artifact: ArtifactId, path: Path): Promise<EncodedText | undefined>;
  /** Writes one text as an artifact. It may hold pointers to other artifacts: their bytes are copied. */
  write(text: EncodedText): Promise<{ artifact: ArtifactId; bytes: number }>;
  /**
   * Writes the list of the given texts as one artifact. Parts may hold pointers to other artifacts: their bytes are
   * copied. `bytes` is the size of the text.
   */
  writeList(parts: Iterable<EncodedText>): Promise<{ artifact: ArtifactId; bytes: number }>;
}
