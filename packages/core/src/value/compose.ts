import type { ArtifactId } from "../ids.ts";
import type { Path } from "../spec/template.ts";
import type { EncodedText } from "./encoded.ts";

/** The text of `undefined`. */
export const UNDEFINED_TEXT = '{"$":"undefined"}' as EncodedText;

/** The text of the value, or of what is at `path` inside it, that is kept in artifact storage. */
export function pointerText(artifact: ArtifactId, path: Path = []): EncodedText {
  return `{"$":"Artifact","v":{"id":${JSON.stringify(artifact)},"path":${JSON.stringify(path)}}}` as EncodedText;
}

/** The text of what is at `path` inside the value of `text`. It is picked while decoding, so nothing is parsed here. */
export function pickText(text: EncodedText, path: Path): EncodedText {
  return path.length === 0 ? text : (`{"$":"Pick","v":[${text},${JSON.stringify(path)}]}` as EncodedText);
}

/** The text of the list of the values of `texts`. */
export function listText(texts: readonly EncodedText[]): EncodedText {
  return `[${texts.join(",")}]` as EncodedText;
}

/** The text of the object whose fields have the values of these texts. */
export function recordText(fields: Readonly<Record<string, EncodedText>>): EncodedText {
  const entries = Object.entries(fields);
  const record = `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
  return (Object.hasOwn(fields, "$") ? `{"$":"Object","v":${record}}` : record) as EncodedText;
}

/**
 * What is at `path` inside a decoded value. Own properties of objects and lists only (a list's `length` is one);
 * anything that is not there is undefined, however early the path leaves what exists.
 */
export function pick(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}
