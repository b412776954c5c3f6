// The rules of the house that no linter of ours can hold. Each takes one source and gives what is wrong with it.
import { lineAt, type Node, parseSource } from "./repository.ts";

const MAX_FILE_LINES = 600;
const MAX_FUNCTION_LINES = 70;
const MAX_PARAMETERS = 3;

const EMPTY_NAMES = /^(?:utils?|helpers?|common|lib|misc|types|interfaces|constants|managers?)$/;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAY_EXPORT_DEFAULT =
  /^(?:[^/]+\.config\.ts|\.dependency-cruiser\.mjs|packages\/web\/[^/]+\.config\.ts|examples\/[^/]+\/(?:flows\/.*|[^/]+\.config\.ts)|test\/[^/]+\/[^/]+\.config\.ts|docs\/guides\/snippets\/.*)$/;
const TEST_WORDS = new Set(["test", "it", "describe", "suite"]);
const TEST_DODGES = new Set(["skip", "todo", "only", "skipIf", "runIf", "fails"]);

/** What is wrong with a file's name, if anything. `index` names a front door and is welcome. */
export function checkName(file: string): string[] {
  const parts = file.split("/");
  const stem = (parts.pop() ?? "").replace(/^\./, "").split(".")[0] ?? "";
  const empty = [...parts, stem].filter((name) => EMPTY_NAMES.test(name));
  return [
    ...empty.map((name) => `${file}: "${name}" says nothing; name the file after what it is about`),
    ...(KEBAB_CASE.test(stem) ? [] : [`${file}: the name is not in kebab-case`]),
  ];
}

function name(node: unknown): string | undefined {
  const found = (node as Node | undefined)?.["name"];
  return typeof found === "string" ? found : undefined;
}

/** The word that takes this function as its body, when it is a test or a chapter of tests. */
function testWord(node: Node, parent: Node | undefined): string | undefined {
  if (parent?.type !== "CallExpression") return undefined;
  let callee = parent["callee"] as Node | undefined;
  if (callee === node) return undefined;
  while (callee?.type === "MemberExpression" || callee?.type === "CallExpression") {
    callee = (callee["object"] ?? callee["callee"]) as Node;
  }
  const word = name(callee) ?? "";
  return TEST_WORDS.has(word) ? word : undefined;
}

function checkFunction(node: Node, parent: Node | undefined, text: string): string[] {
  if (!/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return [];
  const lines = lineAt(text, node.end) - lineAt(text, node.start) + 1;
  const parameters = (node["params"] as Node[]).filter((parameter) => name(parameter) !== "this").length;
  const word = testWord(node, parent);
  // A chapter of tests is not a function that one reads as a whole, and the parameters of a test are its table's columns.
  const isChapter = word === "describe" || word === "suite";
  return [
    ...(lines > MAX_FUNCTION_LINES && !isChapter
      ? [`a function of ${lines} lines, more than ${MAX_FUNCTION_LINES}`]
      : []),
    ...(parameters > MAX_PARAMETERS && word === undefined
      ? [`a function of ${parameters} parameters, more than ${MAX_PARAMETERS}`]
      : []),
  ];
}

function checkTestDodge(node: Node): string[] {
  if (node.type !== "MemberExpression") return [];
  const property = name(node["property"]) ?? "";
  let object = node["object"] as Node;
  while (object.type === "MemberExpression") object = object["object"] as Node;
  const dodges = TEST_WORDS.has(name(object) ?? "") && TEST_DODGES.has(property);
  return dodges ? [`${name(object)}.${property}: every test runs, on every machine`] : [];
}

/** What is wrong inside one source, each with its line. */
export function checkSource(file: string, text: string): string[] {
  const lines = text.split("\n").length;
  const wrong = lines > MAX_FILE_LINES ? [`${file}: ${lines} lines, more than ${MAX_FILE_LINES}`] : [];
  for (const { node, parent } of parseSource(file, text)) {
    const found = [...checkFunction(node, parent, text), ...checkTestDodge(node)];
    if (node.type === "TSEnumDeclaration") found.push("an enum; use a union of literals");
    if (node.type === "TSAnyKeyword") found.push("any; say what it is, or unknown");
    if (node.type === "ExportDefaultDeclaration" && !MAY_EXPORT_DEFAULT.test(file)) found.push("a default export");
    wrong.push(...found.map((what) => `${file}:${lineAt(text, node.start)}: ${what}`));
  }
  return wrong;
}
