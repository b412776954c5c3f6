import { type ArtifactId, type ArtifactPointer, type EncodedText, type Path, UNDEFINED_TEXT } from "@millrace/core";
import { ContentsBuilder } from "./contents-builder.ts";
import { locate, type Search } from "./look-up.ts";

/** A piece of a text without pointers: as it stands, or a value that is to be copied from an artifact. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "copy"; readonly artifact: ArtifactId; readonly path: Path };

/**
 * What only composing makes (core, `value/codec.ts`). A quote inside a JSON text is escaped, so these can begin nothing
 * but the real thing.
 */
const MARKED = /\{"\$":"(Artifact|Pick)","v":/g;

/**
 * Cuts a composed text into what can be written as it is and what lies in artifacts, so that an artifact never points
 * at another.
 *
 * @param read gives the text of a value in an artifact, for a pick out of it that the codec would do otherwise.
 */
export async function expandPointers(
  text: EncodedText,
  read: (pointer: ArtifactPointer) => Promise<EncodedText | undefined>,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let done = 0;
  MARKED.lastIndex = 0;
  for (let match = MARKED.exec(text); match !== null; match = MARKED.exec(text)) {
    const end = endOfValue(text, match.index);
    pieces.push({ kind: "text", text: text.slice(done, match.index) });
    const marked = text.slice(match.index + match[0].length, end - 1);
    pieces.push(match[1] === "Artifact" ? copyOf(marked) : await pickOf(marked as EncodedText, read));
    done = end;
    // Expanding a pick uses the same expression for what is inside.
    MARKED.lastIndex = end;
  }
  pieces.push({ kind: "text", text: text.slice(done) });
  return pieces.filter((piece) => piece.kind === "copy" || piece.text !== "");
}

function copyOf(pointer: string): Piece {
  const { id, path } = JSON.parse(pointer) as ArtifactPointer;
  return { kind: "copy", artifact: id, path };
}

/** `[value,path]`: the value without pointers, and what is at the path in it. */
async function pickOf(
  marked: EncodedText,
  read: (pointer: ArtifactPointer) => Promise<EncodedText | undefined>,
): Promise<Piece> {
  let plain = "";
  for (const piece of await expandPointers(marked, read)) {
    const { kind } = piece;
    plain += kind === "text" ? piece.text : ((await read({ id: piece.artifact, path: piece.path })) ?? UNDEFINED_TEXT);
  }
  const bytes = Buffer.from(plain);
  const builder = new ContentsBuilder();
  builder.push(bytes);
  const root = builder.finish();
  const path = searchIn(bytes, function* read(): Search<Path> {
    const place = yield* locate(root, [1]);
    if (place?.kind !== "range") return [];
    return JSON.parse(bytes.toString("utf8", place.at, place.end)) as Path;
  });
  const place = searchIn(bytes, () => locate(root, [0, ...path]));
  if (place === undefined) return { kind: "text", text: UNDEFINED_TEXT };
  if (place.kind === "number") return { kind: "text", text: String(place.value) };
  const found = bytes.toString("utf8", place.at, place.end);
  if (place.rest.length === 0) return { kind: "text", text: found };
  return { kind: "text", text: `{"$":"Pick","v":[${found},${JSON.stringify(place.rest)}]}` };
}

function searchIn<T>(bytes: Buffer, search: () => Search<T>): T {
  const steps = search();
  let step = steps.next();
  while (step.done !== true) step = steps.next(bytes.subarray(step.value.at, step.value.at + step.value.length));
  return step.value;
}

/** Behind the object that opens at `from`. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === "{" || letter === "[") depth += 1;
    else if (letter === "}" || letter === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError("a pointer in a composed text has no end");
}

/** The closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
