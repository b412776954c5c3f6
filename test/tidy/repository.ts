// The repository as data: its files, its packages, and its sources as syntax trees.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "oxc-parser";

const ROOT = path.resolve(import.meta.dirname, "../..");

const NOT_OURS = new Set(["node_modules", "dist", ".git", "coverage", ".millrace", "fixtures", "__snapshots__"]);

/** Every file a person wrote, relative to the root; what is installed, built or recorded is left out. */
export function listFiles(pattern = /./, folder = ""): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(pattern, file);
      return entry.isFile() && pattern.test(file) ? [file] : [];
    })
    .sort();
}

/** Our TypeScript and JavaScript. */
export function listSources(): string[] {
  return listFiles(/\.(?:ts|tsx|js|mjs)$/);
}

export function readText(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

export type PackageJson = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

export function readPackage(folder: string): PackageJson {
  return JSON.parse(readText(path.join(folder, "package.json"))) as PackageJson;
}

/** The packages inside a folder of the workspace: `packages` or `examples`. */
export function listPackages(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder))
    .map((name) => path.posix.join(folder, name))
    .filter((candidate) => existsSync(path.join(ROOT, candidate, "package.json")));
}

/** A node of a syntax tree, as far as the rules look at it. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

export type Visited = { readonly node: Node; readonly parent: Node | undefined };

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** Parses a source and gives every node of it with its parent, outermost first. */
export function parseSource(file: string, text: string): Visited[] {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} does not parse: ${error.message}`);
  const found: Visited[] = [];
  const visit = (node: Node, parent: Node | undefined): void => {
    found.push({ node, parent });
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node);
    }
  };
  visit(program as unknown as Node, undefined);
  return found;
}

/** The line, counted from 1, on which an offset falls. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
