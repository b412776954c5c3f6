// The declarations of a published package. tsc writes one tree for all packages; from it we take the files that the
// entries reach, and name our packages by where these files now lie.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { parseSync, type StringLiteral, Visitor } from "oxc-parser";
import { packageOf } from "./bundle.ts";
import { LENT, lentFile, lentSpecifier, ownPackage, type Published, ROOT, readManifest } from "./workspace.ts";

const compiled = path.join(ROOT, "dist/tsc");

/** Where tsc wrote the declarations of a file that is named by its place in a package. */
function compiledFile(folder: string, source: string): string {
  return path.join(compiled, folder, source.replace(/\.ts$/, ".d.ts"));
}

/** The file that a specifier of ours leads to, or nothing when it leads outside. */
function follow(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return path.resolve(path.dirname(from), specifier.replace(/\.[jt]s$/, ".d.ts"));
  const [folder, subpath] = ownPackage(specifier) ?? [];
  if (folder === undefined || subpath === undefined) return undefined;
  const source = readManifest(folder).exports[subpath]?.["@millrace/source"];
  if (source === undefined) throw new Error(`${specifier} is not exported`);
  return compiledFile(folder, source);
}

/** Every place that names a module, in order: imports, re-exports and `import("…")` types. */
function specifiersIn(file: string, text: string): StringLiteral[] {
  const found: StringLiteral[] = [];
  const visitor = new Visitor({
    ImportDeclaration: ({ source }) => found.push(source),
    ExportNamedDeclaration: ({ source }) => source !== null && found.push(source),
    ExportAllDeclaration: ({ source }) => found.push(source),
    TSImportType: ({ source }) => found.push(source),
  });
  visitor.visit(parseSync(file, text).program);
  return found.sort((left, right) => left.start - right.start);
}

class Declarations {
  readonly imported: Set<string> = new Set();
  readonly #types: string;
  readonly #published: Published;
  readonly #done: Set<string> = new Set();

  constructor(published: Published) {
    this.#published = published;
    this.#types = path.join(ROOT, "packages", published.folder, "dist/types");
  }

  /** Writes `dist/<name>.d.ts` for an entry, and everything that it reaches. */
  addEntry(name: string, folder: string, source: string): void {
    const target = this.#copy(compiledFile(folder, source));
    const entry = path.join(this.#types, "..", `${name}.d.ts`);
    const relative = path.relative(path.dirname(entry), target).replace(/\.d\.ts$/, ".js");
    mkdirSync(path.dirname(entry), { recursive: true });
    writeFileSync(entry, `export * from "./${relative}";\n`);
  }

  #copy(file: string): string {
    const target = path.join(this.#types, path.relative(compiled, file).replace("/src/", "/"));
    if (this.#done.has(file)) return target;
    this.#done.add(file);
    let text = readFileSync(file, "utf8");
    // From the last to the first, so that the places of those before stay what they were.
    for (const { start, end, value } of specifiersIn(file, text).reverse()) {
      text = `${text.slice(0, start)}"${this.#rename(file, target, value)}"${text.slice(end)}`;
    }
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  }

  #rename(file: string, target: string, specifier: string): string {
    const [folder] = ownPackage(specifier) ?? [];
    const lent = folder !== undefined && this.#published.borrowed.includes(folder);
    const next = lent ? undefined : follow(file, specifier);
    if (next === undefined) {
      const outside = lent ? lentSpecifier(specifier) : specifier;
      if (!isBuiltin(outside)) this.imported.add(packageOf(outside));
      return outside;
    }
    const relative = path.relative(path.dirname(target), this.#copy(next)).replace(/\.d\.ts$/, ".js");
    return relative.startsWith(".") ? relative : `./${relative}`;
  }
}

/** Writes the declarations of every entry and gives the registry packages that they import. */
export function writeDeclarations(published: Published): ReadonlySet<string> {
  const declarations = new Declarations(published);
  for (const [name, source] of Object.entries(published.entries)) {
    declarations.addEntry(name, published.folder, source);
  }
  for (const folder of published.borrowed.length === 0 ? LENT : []) {
    for (const [subpath, { "@millrace/source": source }] of Object.entries(readManifest(folder).exports)) {
      if (source !== undefined) declarations.addEntry(lentFile(folder, subpath), folder, source);
    }
  }
  return declarations.imported;
}
