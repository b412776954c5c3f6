import { readFileSync } from "node:fs";
import path from "node:path";
import { type Change, changesOf } from "./operators.ts";
import { childrenOf, isNode, type Node, nodeIn, parseModule } from "./syntax.ts";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** One change in one place. */
export interface Mutant {
  readonly id: number;
  /** Relative to the repository. */
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly change: Change;
  /** The same as long as the line and the change are, wherever the line moves. */
  readonly key: string;
}

/** Fields that hold nothing that is evaluated: types, and names of modules. */
const NOT_CODE = new Set([
  "typeAnnotation",
  "returnType",
  "typeParameters",
  "typeArguments",
  "superTypeArguments",
  "source",
  "specifiers",
]);
const NOT_CODE_TYPES =
  /^(?:TS(?!AsExpression|NonNullExpression|SatisfiesExpression)|ImportDeclaration|ExportAllDeclaration)/;
const WORDED = /^(?:MillraceError|errorInfo)$/;
/** Thrown where something is not as it must be, and never caught. */
const BUGS = /^(?:Error|TypeError|RangeError)$/;

/** All mutants of some files, numbered through. */
export function findMutants(files: readonly string[]): Mutant[] {
  const found: Mutant[] = [];
  for (const file of [...files].sort()) {
    const source = readFileSync(path.join(ROOT, file), "utf8");
    const finder = new Finder(file, source, found);
    finder.visit(parseModule(file, source), { parent: undefined, field: "", chained: false });
  }
  return found;
}

/** Where the walk stands. */
interface At {
  readonly parent: Node | undefined;
  /** The field of the parent. */
  readonly field: string;
  /** Inside `a?.b.c()`, where every part ends the whole: only the whole can be replaced. */
  readonly chained: boolean;
}

class Finder {
  readonly #file: string;
  readonly #source: string;
  readonly #found: Mutant[];
  readonly #lines: readonly string[];

  constructor(file: string, source: string, found: Mutant[]) {
    this.#file = file;
    this.#source = source;
    this.#found = found;
    this.#lines = source.split("\n");
  }

  visit(node: Node, at: At): void {
    if (NOT_CODE_TYPES.test(node.type)) return;
    if (isMutable(node, at)) {
      for (const change of changesOf(node, { ...at, source: this.#source })) this.#add(node, change);
    }
    const idle = node.type === "SwitchStatement" ? idleCases(node) : NONE;
    for (const [field, child] of childrenOf(node)) {
      if (idle.has(child)) continue;
      if (NOT_CODE.has(field) || isName(node, field) || this.#isWording(node, field, child)) continue;
      const chained = node.type === "ChainExpression" || (at.chained && (field === "object" || field === "callee"));
      this.visit(child, { parent: node, field, chained });
    }
  }

  #add(node: Node, change: Change): void {
    const line = this.#source.slice(0, node.start).split("\n").length;
    const original = this.#source.slice(node.start, node.end);
    const what = change.kind === "instead" ? change.text : `(${change.kind})`;
    this.#found.push({
      id: this.#found.length,
      file: this.#file,
      line,
      start: node.start,
      end: node.end,
      change,
      key: `${oneLine(original)} -> ${oneLine(what)} | ${(this.#lines[line - 1] ?? "").trim()}`,
    });
  }

  /** What is said in an error is for people: the tests need not know every word. Its code they should. */
  #isWording(node: Node, field: string, child: Node): boolean {
    if (field !== "arguments") return false;
    const callee = nodeIn(node, "callee");
    const name = this.#source.slice(callee.start, callee.end);
    if (BUGS.test(name)) return true;
    return WORDED.test(name) && (node["arguments"] as readonly Node[])[0] !== child;
  }
}

const NONE: ReadonlySet<Node> = new Set();

/**
 * Cases at the end of a switch that do nothing but return nothing, as falling out of the switch does. They are written
 * down so that the compiler counts them; which of them is met makes no difference.
 */
function idleCases(statement: Node): ReadonlySet<Node> {
  const cases = statement["cases"] as readonly Node[];
  const last = cases.findLastIndex((one) => (one["consequent"] as readonly Node[]).length > 0 && !returnsNothing(one));
  return new Set(cases.slice(last + 1));
}

function returnsNothing(one: Node): boolean {
  const [first, ...more] = one["consequent"] as readonly Node[];
  if (first === undefined || more.length > 0 || first.type !== "ReturnStatement") return false;
  const argument = first["argument"];
  return !isNode(argument) || (argument.type === "Identifier" && argument["name"] === "undefined");
}

/** Targets of assignments, and what is called, are not values that another could stand for. */
function isMutable(node: Node, { parent, field, chained }: At): boolean {
  if (chained) return false;
  if (parent === undefined) return true;
  if (field === "callee" || field === "left" || parent.type === "UpdateExpression") {
    return node.type !== "Identifier" && node.type !== "MemberExpression";
  }
  return parent.type !== "UnaryExpression" || parent["operator"] !== "delete";
}

/** Names of properties and members are no values. */
function isName(node: Node, field: string): boolean {
  if (node.type === "MemberExpression") return field === "property" && node["computed"] !== true;
  return field === "key" && node["computed"] !== true;
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > 120 ? `${flat.slice(0, 60)}…${flat.slice(-59)}` : flat;
}
