import { type ArtifactId, type ArtifactPointer, decode, type EncodedText, type Path } from "@millrace/core";
import { type BlockingArtifactReader, textAt } from "../artifacts/artifact-reader.ts";
import type { ContentsNode } from "../artifacts/contents-builder.ts";
import { blocksOf, locate, type Place, type Search } from "../artifacts/look-up.ts";

/** Texts up to this are decoded at once; V8 has no string of more than about 512 MiB. */
const WHOLE_BYTES = 256 * 1024 * 1024;
/** Of a larger list, about this much text is decoded at a time. */
const STRETCH_BYTES = 32 * 1024 * 1024;

/** Decodes values whose pointers lead into artifact storage. */
export class InputDecoder {
  readonly #reader: BlockingArtifactReader;
  readonly #wholeBytes: number;

  /** @param wholeBytes larger texts are decoded part by part. Defaults to what is safely below the longest text. */
  constructor(reader: BlockingArtifactReader, wholeBytes = WHOLE_BYTES) {
    this.#reader = reader;
    this.#wholeBytes = wholeBytes;
  }

  readonly decode = (text: EncodedText): unknown => decode(text, this.#resolve);

  readonly #resolve = ({ id, path }: ArtifactPointer): EncodedText | { readonly value: unknown } | undefined => {
    const place = this.#reader.search(id, (root) => locate(root, path));
    if (isPlain(place) && place.end - place.at > this.#wholeBytes) return { value: this.#decodeHuge(id, place.node) };
    return this.#reader.search(id, textAt(path));
  };

  /** Part by part, because no string could hold the text. */
  #decodeHuge(id: ArtifactId, node: ContentsNode): unknown {
    if (node.end - node.at <= this.#wholeBytes) return this.decode(this.#read(id, node.at, node.end));
    switch (node.kind) {
      case "list":
        return this.#decodeList(id, node);
      case "record": {
        // A marked value, or a record with a field of that name: only its text tells which.
        if (node.fields.has("$")) return this.decode(this.#read(id, node.at, node.end));
        return Object.fromEntries(Array.from(node.fields, ([name, field]) => [name, this.#decodeHuge(id, field)]));
      }
      case "leaf":
        return this.decode(this.#read(id, node.at, node.end));
    }
  }

  #decodeList(id: ArtifactId, node: Extract<ContentsNode, { kind: "list" }>): unknown[] {
    const list: unknown[] = [];
    for (const { at, end } of this.#reader.search(id, () =>
      blocksOf(node, Math.min(STRETCH_BYTES, this.#wholeBytes)),
    )) {
      const stretch = this.decode(`[${this.#read(id, at, end)}]` as EncodedText) as unknown[];
      for (const element of stretch) list.push(element);
    }
    return list;
  }

  #read(id: ArtifactId, at: number, end: number): EncodedText {
    return this.#reader.search(id, function* read(): Search<EncodedText> {
      const bytes = yield { at, length: end - at };
      return bytes.toString("utf8") as EncodedText;
    });
  }
}

type Range = Extract<Place, { kind: "range" }>;

/** Nothing of the path is left for the codec to follow. */
function isPlain(place: Place | undefined): place is Range & { readonly rest: Path } {
  return place?.kind === "range" && place.rest.length === 0;
}
