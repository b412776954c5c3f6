import { parseSync } from "oxc-parser";

/** A node of the syntax tree, as far as mutating needs to know it. Offsets count in the source's text. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** The syntax tree of a TypeScript module. */
export function parseModule(file: string, source: string): Node {
  const { program, errors } = parseSync(file, source);
  const [first] = errors;
  if (first !== undefined) throw new Error(`${file}: ${first.message}`);
  return program as unknown as Node;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** The children of a node, each with the field it stands in. */
export function* childrenOf(node: Node): Generator<readonly [string, Node]> {
  for (const [field, value] of Object.entries(node)) {
    if (isNode(value)) yield [field, value];
    else if (Array.isArray(value)) for (const one of value) if (isNode(one)) yield [field, one];
  }
}

/** The node that a field holds; throws when there is none. */
export function nodeIn(node: Node, field: string): Node {
  const value = node[field];
  if (!isNode(value)) throw new Error(`a ${node.type} without ${field}`);
  return value;
}
