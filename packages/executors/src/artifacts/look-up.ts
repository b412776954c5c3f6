import type { Path } from "@millrace/core";
import { ContentsBuilder, type ContentsNode, type ListNode } from "./contents-builder.ts";

/** Bytes of the artifact's file that are needed to go on. */
interface ReadRequest {
  readonly at: number;
  readonly length: number;
}

/**
 * A search in an artifact that asks for bytes where it needs them. Written once as a generator, it is run by a reader
 * that blocks (in a worker) and by one that does not (in the engine's process).
 */
export type Search<T> = Generator<ReadRequest, T, Buffer>;

/** Where a path led. */
export type Place =
  | {
      readonly kind: "range";
      readonly at: number;
      readonly end: number;
      readonly node: ContentsNode;
      readonly rest: Path;
    }
  /** The `length` of a list, which stands nowhere in the text. */
  | { readonly kind: "number"; readonly value: number };

/** Inside of what the contents do not index, this much is read at once. */
const SCAN_BYTES = 256 * 1024;
const OPEN_LIST = 0x5b;
const OPEN_RECORD = 0x7b;

/**
 * Follows a path. `rest` is what is left of it inside a value that JSON cannot hold (a Map, bytes): that is for the
 * codec to follow once it is decoded. Undefined when the path leads nowhere.
 */
export function* locate(root: ContentsNode, path: Path): Search<Place | undefined> {
  let node: ContentsNode = root;
  for (let depth = 0; depth < path.length; depth += 1) {
    const step = path[depth] ?? "";
    node = yield* indexed(node, step);
    if (node.kind === "record" && node.fields.has("$")) {
      const inner = yield* fieldsOfMarked(node);
      if (inner === undefined) return { kind: "range", at: node.at, end: node.end, node, rest: path.slice(depth) };
      node = yield* indexed(inner, step);
    }
    if (node.kind === "list" && step === "length") {
      return depth === path.length - 1 ? { kind: "number", value: node.count } : undefined;
    }
    const found: ContentsNode | undefined = yield* take(node, step);
    if (found === undefined) return undefined;
    node = found;
  }
  return { kind: "range", at: node.at, end: node.end, node, rest: [] };
}

/** The length of the list at a path; undefined when there is none. */
export function* countAt(root: ContentsNode, path: Path): Search<number | undefined> {
  const place = yield* locate(root, path);
  if (place?.kind !== "range" || place.rest.length > 0) return undefined;
  const node = yield* indexed(place.node, "length");
  return node.kind === "list" ? node.count : undefined;
}

function* take(node: ContentsNode, step: string | number): Search<ContentsNode | undefined> {
  if (node.kind === "record") return node.fields.get(String(step));
  if (node.kind === "leaf") return undefined;
  const index = typeof step === "number" ? step : /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : -1;
  if (!Number.isInteger(index) || index < 0 || index >= node.count) return undefined;
  return yield* element(node, index);
}

/** The place of one element: by the table to the stretch that holds it, then by reading that. */
function* element(list: ListNode, index: number): Search<ContentsNode> {
  const table = yield* tableOf(list);
  const pair = findPair(table, index);
  const first = table[pair] ?? 0;
  const at = table[pair + 1] ?? 0;
  const isLast = pair + 2 >= table.length;
  const nextIndex = isLast ? list.count : (table[pair + 2] ?? 0);
  // Before the next stretch stands a comma, behind the last the bracket.
  const end = (isLast ? list.end : (table[pair + 3] ?? 0)) - 1;
  if (nextIndex === first + 1) return { kind: "leaf", at, end };
  const builder = new ContentsBuilder({ at: at - 1, towards: "", blockBytes: 1 });
  builder.push(Buffer.from("["));
  builder.push(yield { at, length: end - at });
  builder.push(Buffer.from("]"));
  const stretch = builder.finish() as ListNode;
  const offsets = stretch.table ?? [];
  const within = index - first;
  const start = offsets[within * 2 + 1] ?? 0;
  const following = offsets[within * 2 + 3];
  return { kind: "leaf", at: start, end: (following ?? end + 1) - 1 };
}

function* tableOf(list: ListNode): Search<Float64Array | number[]> {
  if (list.table === null) {
    const bytes = yield { at: list.tableAt, length: list.tableBytes };
    // Copied, so that the floats lie aligned.
    list.table = new Float64Array(new Uint8Array(bytes).buffer);
  }
  return list.table;
}

/** The last pair whose index is not larger. */
function findPair(table: Float64Array | number[], index: number): number {
  let low = 0;
  let high = table.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((table[middle * 2] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low * 2;
}

/** The node with its outermost inside known, as far as `step` needs it: read from the text where it was not indexed. */
function* indexed(node: ContentsNode, step: string | number): Search<ContentsNode> {
  if (node.kind !== "leaf") return node;
  const [first] = yield { at: node.at, length: 1 };
  if (first !== OPEN_LIST && first !== OPEN_RECORD) return node;
  const builder = new ContentsBuilder({ at: node.at, towards: step });
  for (let at = node.at; at < node.end; at += SCAN_BYTES) {
    builder.push(yield { at, length: Math.min(SCAN_BYTES, node.end - at) });
  }
  return builder.finish();
}

/** The fields of an object that has a field called `$` itself; undefined for any other marked value. */
function* fieldsOfMarked(node: Extract<ContentsNode, { kind: "record" }>): Search<ContentsNode | undefined> {
  const kind = node.fields.get("$");
  if (kind === undefined) return undefined;
  const text = yield { at: kind.at, length: kind.end - kind.at };
  return text.toString("utf8") === '"Object"' ? node.fields.get("v") : undefined;
}

/** Stretches of whole elements that together are a list, each of about so many bytes, without the commas between. */
export function* blocksOf(list: ListNode, bytes: number): Search<{ readonly at: number; readonly end: number }[]> {
  const table = yield* tableOf(list);
  const blocks: { at: number; end: number }[] = [];
  let at = table[1] ?? 0;
  for (let pair = 2; pair < table.length; pair += 2) {
    const next = table[pair + 1] ?? 0;
    if (next - at < bytes) continue;
    blocks.push({ at, end: next - 1 });
    at = next;
  }
  if (list.count > 0) blocks.push({ at, end: list.end - 1 });
  return blocks;
}
