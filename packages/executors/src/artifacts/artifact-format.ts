import { join } from "node:path";
import type { ArtifactId } from "@millrace/core";
import type { ContentsNode } from "./contents-builder.ts";

/**
 * ## Artifact files
 *
 * An artifact is one encoded value (core, `value/codec.ts`) in a file of its own, named by the SHA-256 of its text:
 * `<dir>/<first 2 hex>/<64 hex>`. Files never change. **This is a storage format.**
 *
 * | part     | what                                                                                          |
 * | -------- | --------------------------------------------------------------------------------------------- |
 * | text     | the value, UTF-8                                                                              |
 * | tables   | for each list in the contents: pairs of 64-bit floats, little endian: the index of an element and the offset of its first byte, one pair for about each 8 KiB of the list |
 * | contents | JSON, a tree of nodes (below)                                                                 |
 * | footer   | 32 bytes: the lengths of text, tables and contents, 64-bit unsigned, little endian, then the 8 letters `MLRCART1` |
 *
 * A node is `{ "a": offset of its first byte, "e": offset behind its last }`. A record of at most 1,000 fields, no more
 * than three levels below the root and in no list, has `"f": [[name, node], …]`. A list in such a place has `"n": number
 * of elements`, `"t": offset of its table within the tables` and `"b": number of pairs`. So the length of a list, its
 * n-th element and the fields of records are found with a few small reads, however large the value is.
 */
export const FOOTER_BYTES = 32;
const MAGIC = "MLRCART1";

export interface Footer {
  readonly textBytes: number;
  readonly tableBytes: number;
  readonly contentsBytes: number;
}

/** Where an artifact lies. */
export function artifactPath(dir: string, artifact: ArtifactId): string {
  return join(dir, artifact.slice(0, 2), artifact);
}

/** Drafts of artifacts that are being written. */
export function draftsDir(dir: string): string {
  return join(dir, "drafts");
}

interface StoredNode {
  readonly a: number;
  readonly e: number;
  readonly f?: readonly (readonly [string, StoredNode])[];
  readonly n?: number;
  readonly t?: number;
  readonly b?: number;
}

/** Everything behind the text. */
export function encodeTail(root: ContentsNode, textBytes: number): Buffer {
  const tables: Buffer[] = [];
  let tableBytes = 0;
  const stored = (node: ContentsNode): StoredNode => {
    const place = { a: node.at, e: node.end };
    switch (node.kind) {
      case "leaf":
        return place;
      case "record":
        return { ...place, f: Array.from(node.fields, ([name, field]) => [name, stored(field)] as const) };
      case "list": {
        const table = Buffer.from(new Float64Array(node.table ?? []).buffer);
        const at = tableBytes;
        tables.push(table);
        tableBytes += table.length;
        return { ...place, n: node.count, t: at, b: table.length / 16 };
      }
    }
  };
  const contents = Buffer.from(JSON.stringify(stored(root)));
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeBigUInt64LE(BigInt(textBytes), 0);
  footer.writeBigUInt64LE(BigInt(tableBytes), 8);
  footer.writeBigUInt64LE(BigInt(contents.length), 16);
  footer.write(MAGIC, 24, "latin1");
  return Buffer.concat([...tables, contents, footer]);
}

/** Undefined when these bytes are not the footer of an artifact. */
export function parseFooter(footer: Buffer): Footer | undefined {
  if (footer.length !== FOOTER_BYTES || footer.toString("latin1", 24) !== MAGIC) return undefined;
  return {
    textBytes: Number(footer.readBigUInt64LE(0)),
    tableBytes: Number(footer.readBigUInt64LE(8)),
    contentsBytes: Number(footer.readBigUInt64LE(16)),
  };
}

export function parseContents(contents: Buffer, footer: Footer): ContentsNode {
  const node = ({ a, e, f, n, t, b }: StoredNode): ContentsNode => {
    if (f !== undefined) {
      return { kind: "record", at: a, end: e, fields: new Map(f.map(([name, field]) => [name, node(field)])) };
    }
    if (n === undefined || t === undefined || b === undefined) return { kind: "leaf", at: a, end: e };
    return { kind: "list", at: a, end: e, count: n, table: null, tableAt: footer.textBytes + t, tableBytes: b * 16 };
  };
  return node(JSON.parse(contents.toString("utf8")) as StoredNode);
}
