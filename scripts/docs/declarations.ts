// Finds what a front door exports: the declarations behind its re-exports, each with its comment and its text.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "oxc-parser";

/** A part of a source that says one thing: a declaration, or a member of one. */
export interface Declared {
  readonly name: string;
  readonly kind: "function" | "class" | "interface" | "type" | "const";
  /** Relative to the root, with `/`. */
  readonly file: string;
  /** The doc comment without its stars; empty where there is none. */
  readonly comment: string;
  /** As it is written, without bodies. A function has one for each overload. */
  readonly signatures: readonly string[];
  readonly members: readonly Member[];
}

export interface Member {
  readonly signature: string;
  readonly comment: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly {
    readonly type: string;
    readonly value: string;
    readonly start: number;
    readonly end: number;
  }[];
}

/** Everything that the front door exports, in the order of its names in the file. */
export function exportsOf(frontDoor: string, packages: Readonly<Record<string, string>>): readonly Declared[] {
  const found = new Map<string, Declared>();
  for (const statement of read(frontDoor).body) {
    const { source, specifiers, type } = statement as Node & { source: { value: string } | null; specifiers?: Node[] };
    if (source === null || source === undefined || type === "ImportDeclaration") continue;
    const target = resolve(frontDoor, source.value, packages);
    if (type === "ExportAllDeclaration") {
      for (const declared of exportsOf(target, packages)) found.set(declared.name, declared);
      continue;
    }
    for (const specifier of specifiers ?? []) {
      const [local, exported] = [nameOf(specifier["local"]), nameOf(specifier["exported"])];
      found.set(exported, { ...declaredIn(target, local, packages), name: exported });
    }
  }
  for (const declared of ownDeclarations(read(frontDoor))) found.set(declared.name, declared);
  return [...found.values()];
}

function resolve(from: string, specifier: string, packages: Readonly<Record<string, string>>): string {
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(from), specifier);
  const door = packages[specifier];
  if (door === undefined) throw new Error(`${from} exports from ${specifier}, of which the documents know nothing`);
  return door;
}

function declaredIn(file: string, name: string, packages: Readonly<Record<string, string>>): Declared {
  const own = ownDeclarations(read(file)).find((declared) => declared.name === name);
  const declared = own ?? exportsOf(file, packages).find((one) => one.name === name);
  if (declared === undefined) throw new Error(`${file} has no declaration of ${name}`);
  return declared;
}

const parsed = new Map<string, Source>();

function read(file: string): Source {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, text);
  const source = { file, text, body: program.body as unknown as Node[], comments };
  parsed.set(file, source);
  return source;
}

function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? value ?? "";
}

const KINDS: Readonly<Record<string, Declared["kind"]>> = {
  FunctionDeclaration: "function",
  TSDeclareFunction: "function",
  ClassDeclaration: "class",
  TSInterfaceDeclaration: "interface",
  TSTypeAliasDeclaration: "type",
  VariableDeclaration: "const",
};

function ownDeclarations(source: Source): readonly Declared[] {
  const found = new Map<string, Declared>();
  for (const statement of source.body) {
    const declaration = statement["declaration"] as Node | null | undefined;
    const kind = KINDS[declaration?.type ?? ""];
    if (statement.type !== "ExportNamedDeclaration" || !declaration || kind === undefined) continue;
    const name = nameOf(declaration["id"] ?? (declaration["declarations"] as Node[])[0]?.["id"]);
    const before = found.get(name);
    // The body of an overloaded function repeats its name, and is nobody's business.
    if (before !== undefined && declaration.type === "FunctionDeclaration") continue;
    found.set(name, {
      name,
      kind,
      file: source.file,
      comment: before?.comment ?? commentBefore(source, statement.start),
      signatures: [...(before?.signatures ?? []), signatureOf(source, declaration)],
      members: membersOf(source, declaration),
    });
  }
  return [...found.values()];
}

function signatureOf({ text }: Source, declaration: Node): string {
  const body = declaration["body"] as Node | null | undefined;
  const end = body?.start ?? declaration.end;
  return dedent(text.slice(declaration.start, end).trimEnd()).replace(/;$/, "");
}

function membersOf(source: Source, declaration: Node): readonly Member[] {
  if (declaration.type !== "TSInterfaceDeclaration" && declaration.type !== "ClassDeclaration") return [];
  const { body } = declaration["body"] as unknown as { body: readonly Node[] };
  return body
    .filter((member) => isPublic(member))
    .map((member) => ({ signature: memberText(source, member), comment: commentBefore(source, member.start) }));
}

function isPublic(member: Node): boolean {
  const key = member["key"] as Node | undefined;
  return key?.type !== "PrivateIdentifier" && member["computed"] !== true;
}

function memberText({ text }: Source, member: Node): string {
  const value = member["value"] as (Node & { body?: Node }) | null | undefined;
  const end = member.type === "MethodDefinition" ? (value?.body?.start ?? member.end) : member.end;
  const written = dedent(withoutComments(text.slice(member.start, end))).trim();
  return written.replace(/[;,]$/, "").replace(/^(?:override |readonly )+/, "");
}

/** Comments inside a member's type would stand in the middle of its signature. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "");
}

/** Takes away the indent that all lines but the first share. */
function dedent(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const indents = rest.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return [first, ...rest.map((line) => line.slice(indent))].join("\n");
}

function commentBefore({ text, comments }: Source, start: number): string {
  const comment = comments.findLast((one) => one.end <= start);
  if (comment === undefined || comment.type !== "Block" || !comment.value.startsWith("*")) return "";
  if (text.slice(comment.end, start).trim() !== "") return "";
  return comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}
