import { isNode, type Node, nodeIn } from "./syntax.ts";

/** One way to change a node. */
export interface Change {
  readonly operator: string;
  /** `instead`: another expression in its place. `skip`: the statement is left out. `return`: it returns nothing. */
  readonly kind: "instead" | "skip" | "return";
  /** Of `instead`: the other expression. */
  readonly text: string;
}

/** Where a node stands, as far as that decides how it may be changed. */
export interface Surroundings {
  readonly source: string;
  readonly parent: Node | undefined;
  /** The field of the parent that it stands in. */
  readonly field: string;
}

const SWAPPED: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  ">>": ["<<"],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "??=": ["="],
  "++": ["--"],
  "--": ["++"],
};

/** Methods and what is called in their place; null: nothing is called, and what it was called on stands for it. */
const METHODS: Readonly<Record<string, string | null>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  some: "every",
  every: "some",
  shift: "pop",
  startsWith: "endsWith",
  endsWith: "startsWith",
  filter: null,
  sort: null,
  toSorted: null,
  reverse: null,
  toReversed: null,
  slice: null,
  trim: null,
  trimEnd: null,
};

const SKIPPED: Change = { operator: "statement", kind: "skip", text: "" };

/** Everything that is tried on a node. */
export function changesOf(node: Node, at: Surroundings): Change[] {
  switch (node.type) {
    case "BinaryExpression":
    case "AssignmentExpression":
      return [...swapped(node, at), ...condition(at)];
    case "LogicalExpression":
      return [...(node["operator"] === "??" ? halves(node, at) : swapped(node, at)), ...condition(at)];
    case "UpdateExpression":
      return swapped(node, at);
    case "UnaryExpression":
      return [...unsigned(node, at), ...condition(at)];
    case "Literal":
      return literal(node);
    case "TemplateLiteral":
      return isTagged(at) ? [] : [instead("text", '""')];
    case "ArrayExpression":
      return hasAny(node, "elements") ? [instead("list", "[]")] : [];
    case "ObjectExpression":
      return hasAny(node, "properties") ? [instead("object", "({})")] : [];
    case "CallExpression":
      return [...method(node, at), ...condition(at), ...result(at)];
    case "ConditionalExpression":
    case "NewExpression":
      return result(at);
    case "Identifier":
    case "MemberExpression":
    case "ChainExpression":
      return [...condition(at), ...result(at)];
    case "ExpressionStatement":
      return isSuper(node) ? [] : [SKIPPED];
    case "ContinueStatement":
    case "BreakStatement":
      return endsSwitch(node, at) ? [] : [SKIPPED];
    case "ReturnStatement":
      if (isNode(node["argument"])) return returned(node["argument"]);
      return endsSwitch(node, at) ? [] : [SKIPPED];
    default:
      return [];
  }
}

function instead(operator: string, text: string): Change {
  return { operator, kind: "instead", text };
}

function textOf({ source }: Surroundings, from: number, to: number): string {
  return source.slice(from, to);
}

function swapped(node: Node, at: Surroundings): Change[] {
  const operator = String(node["operator"]);
  if (node.type === "UpdateExpression") {
    const text = textOf(at, node.start, node.end);
    return (SWAPPED[operator] ?? []).map((other) => instead("operator", text.replace(operator, other)));
  }
  const left = textOf(at, node.start, nodeIn(node, "left").end);
  const right = textOf(at, nodeIn(node, "right").start, node.end);
  return (SWAPPED[operator] ?? []).map((other) => instead("operator", `${left} ${other} ${right}`));
}

/** `a ?? b` without the one, and without the other. */
function halves(node: Node, at: Surroundings): Change[] {
  return ["left", "right"].map((side) => {
    const half = nodeIn(node, side);
    return instead("fallback", textOf(at, half.start, half.end));
  });
}

function unsigned(node: Node, at: Surroundings): Change[] {
  if (node["operator"] !== "!" && node["operator"] !== "-") return [];
  const argument = nodeIn(node, "argument");
  return [instead("negation", textOf(at, argument.start, argument.end))];
}

/** What decides is decided: loops are not made endless. */
function condition({ parent, field }: Surroundings): Change[] {
  if (parent === undefined || field !== "test") return [];
  if (parent.type === "IfStatement" || parent.type === "ConditionalExpression") {
    return [instead("condition", "true"), instead("condition", "false")];
  }
  return parent.type === "SwitchCase" ? [] : [instead("condition", "false")];
}

function literal(node: Node): Change[] {
  const { value } = node as { readonly value?: unknown };
  if (typeof value === "boolean") return [instead("boolean", String(!value))];
  if (typeof value === "number") return [instead("number", value === 0 ? "1" : `${value + 1}`)];
  if (typeof value === "string") return [instead("text", value === "" ? '"mutated"' : '""')];
  return [];
}

function method(node: Node, at: Surroundings): Change[] {
  const callee = nodeIn(node, "callee");
  if (callee.type !== "MemberExpression" || callee["computed"] === true || callee["optional"] === true) return [];
  const property = nodeIn(callee, "property");
  const name = textOf(at, property.start, property.end);
  if (!Object.hasOwn(METHODS, name)) return [];
  const on = nodeIn(callee, "object");
  const other = METHODS[name];
  if (other === null || other === undefined) return [instead("method", textOf(at, on.start, on.end))];
  return [instead("method", `${textOf(at, node.start, property.start)}${other}${textOf(at, property.end, node.end)}`)];
}

/** The body of an arrow function that is an expression: nothing comes of it. */
function result({ parent, field }: Surroundings): Change[] {
  const isBody = parent?.type === "ArrowFunctionExpression" && field === "body";
  return isBody ? [instead("result", "undefined")] : [];
}

/** What is returned is nothing; literals have changes of their own. */
function returned(argument: Node): Change[] {
  const isNothing = argument.type === "Identifier" && argument["name"] === "undefined";
  return isNothing || argument.type === "Literal" ? [] : [{ operator: "return", kind: "return", text: "" }];
}

function isTagged({ parent }: Surroundings): boolean {
  return parent?.type === "TaggedTemplateExpression";
}

function hasAny(node: Node, field: string): boolean {
  const list = node[field];
  return Array.isArray(list) && list.length > 0;
}

/** The last statement of a case, after which nothing of the switch follows, mostly ends nothing. */
function endsSwitch(node: Node, { parent, source }: Surroundings): boolean {
  if (parent?.type !== "SwitchCase") return false;
  return /^\s*\}\s*\}?\s*$/m.test(source.slice(node.end).split("\n").slice(1, 2).join("\n"));
}

/** A constructor cannot do without it. */
function isSuper(statement: Node): boolean {
  const expression = nodeIn(statement, "expression");
  return expression.type === "CallExpression" && nodeIn(expression, "callee").type === "Super";
}
