/**
 * How values are stored and sent: as JSON, with an escape for what JSON cannot hold. **This is a storage format.** Texts
 * live in databases and artifact files for years, so what is described here may be added to and never changed.
 *
 * ## The format
 *
 * Null, booleans, finite numbers, text, lists, and objects without an own key `$` stand as JSON. Everything else is an
 * object whose first key is `$`, which names the kind, and whose second and last key is `v`, where the kind has
 * something to hold:
 *
 * | value                        | text                                                                    |
 * | ---------------------------- | ----------------------------------------------------------------------- |
 * | `undefined`                  | `{"$":"undefined"}`, in lists and objects and by itself                 |
 * | `NaN`, `Infinity`, `-Infinity`, `-0` | `{"$":"NaN"}`, `{"$":"Infinity"}`, `{"$":"-Infinity"}`, `{"$":"-0"}` |
 * | `12n`                        | `{"$":"BigInt","v":"12"}`                                               |
 * | a Date                       | `{"$":"Date","v":"2026-01-01T00:00:00.000Z"}`; `null` for an invalid one |
 * | a Map                        | `{"$":"Map","v":[[key,value],…]}`, keys and values encoded, in order    |
 * | a Set                        | `{"$":"Set","v":[value,…]}`, in order                                   |
 * | a RegExp                     | `{"$":"RegExp","v":{"source":"a+","flags":"g"}}`; `lastIndex` is lost   |
 * | a URL                        | `{"$":"URL","v":"https://example.com/"}`                                |
 * | an Error                     | `{"$":"Error","v":{"name":…,"message":…,"cause":…}}`, `cause` if any    |
 * | an ArrayBuffer               | `{"$":"ArrayBuffer","v":"AQID"}`: base 64 (RFC 4648, padded)            |
 * | a typed array                | `{"$":"Float64Array","v":"…"}`: its bytes, little-endian, in base 64    |
 * | a Buffer of Node             | `{"$":"Buffer","v":"…"}`; a Uint8Array where there is no Buffer         |
 * | an object with an own key `$` | `{"$":"Object","v":{"$":…,…}}`, its fields encoded                     |
 * | a value kept elsewhere       | `{"$":"Artifact","v":{"id":"…","path":["orders",3]}}`                   |
 * | a field inside another value | `{"$":"Pick","v":[value,["orders",3]]}`                                 |
 *
 * The key `$` is written as it is, never as `\u0024`: a text without `"$"` in it is plain JSON, and is decoded without
 * being walked.
 *
 * Texts compose: a list of texts, divided by commas, between brackets is the text of the list of their values, and so
 * for objects. The engine makes inputs that way and never parses a value. `Artifact` and `Pick` come only from such
 * composing, never from encoding, and are replaced by what they stand for while decoding.
 *
 * ## What comes back
 *
 * What was put in, structurally: objects and lists are new, and one that occurred twice becomes two. Holes in lists come
 * back as `undefined`. Properties with symbols for names, non-enumerable ones, and further properties of lists and
 * errors are not kept, as in JSON.
 *
 * An instance of a class comes back as a plain object: of what its `toJSON()` gives where it has one, else of its own
 * enumerable properties. One that shows no property at all is refused rather than stored as `{}`, for it keeps its state
 * where nobody can see it (private fields, streams, responses).
 *
 * Refused, with the path: functions, symbols, cyclic values, promises and other thenables, iterators, weak collections,
 * `DataView`, `SharedArrayBuffer`, references to outputs of tasks, and anything nested deeper than 2,000 levels.
 */
export {
  listText,
  pick,
  pickText,
  pointerText,
  recordText,
  UNDEFINED_TEXT,
} from "./compose.ts";
export { type ArtifactPointer, decode, type ResolvePointer } from "./decode.ts";
export { encode } from "./encode.ts";
