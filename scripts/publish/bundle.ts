// The JavaScript of a published package: our packages inside, packages from the registry outside.
import { cpSync, existsSync, globSync, readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import {
  folders,
  INSIDE,
  LENT,
  lentFile,
  lentSpecifier,
  ownPackage,
  type Published,
  ROOT,
  readManifest,
} from "./workspace.ts";

const FILE_BESIDE = /new URL\(\s*"(\.{1,2}\/[^"]+)",\s*import\.meta\.url\s*\)/g;

type Beside = { readonly file: string; readonly inDist: string };

/** The files that a source names with `new URL("./x", import.meta.url)`: children to start, and data to read. */
function filesBeside(source: string, text: string): Map<string, Beside> {
  const found = new Map<string, Beside>();
  for (const [, written] of text.matchAll(FILE_BESIDE)) {
    if (written === undefined) continue;
    const file = path.resolve(path.dirname(source), written);
    if (!existsSync(file)) throw new Error(`${path.relative(ROOT, source)} names ${written}, which does not exist`);
    const inPackages = path.relative(path.join(ROOT, "packages"), file).replace("/src/", "/");
    const slash = written.endsWith("/") ? "/" : "";
    found.set(written, { file, inDist: inPackages.replaceAll("/", "-").replace(/\.ts$/, ".js") + slash });
  }
  return found;
}

/** Once bundled, every module lies in `dist`, so what it named beside itself is put there and named anew. */
function moveFilesBeside(outdir: string): Plugin {
  return {
    name: "files-beside",
    setup(build) {
      build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path: source }) => {
        const text = readFileSync(source, "utf8");
        const beside = filesBeside(source, text);
        for (const { file, inDist } of beside.values()) {
          if (!file.endsWith(".ts")) cpSync(file, path.join(outdir, inDist), { recursive: true });
        }
        const contents = text.replaceAll(
          FILE_BESIDE,
          (_match, written: string) => `new URL("./${beside.get(written)?.inDist}", import.meta.url)`,
        );
        return { contents, loader: "ts" };
      });
    },
  };
}

function borrow(borrowed: readonly string[]): Plugin {
  return {
    name: "borrow",
    setup(build) {
      build.onResolve({ filter: /^@millrace\// }, ({ path: specifier }) => {
        const [folder] = ownPackage(specifier) ?? [];
        if (folder === undefined || !borrowed.includes(folder)) return undefined;
        return { path: lentSpecifier(specifier), external: true };
      });
    },
  };
}

/** Programs that are started as processes of their own, found where their parents name them. */
function childEntries(): Record<string, string> {
  const entries: Record<string, string> = {};
  // The pages are built by themselves, with what their workers run.
  const sources = globSync("packages/*/src/**/*.ts", { cwd: ROOT, exclude: ["packages/web/**"] });
  for (const source of sources.map((file) => path.join(ROOT, file))) {
    for (const { file, inDist } of filesBeside(source, readFileSync(source, "utf8")).values()) {
      if (file.endsWith(".ts") && statSync(file).isFile()) entries[inDist.replace(/\.js$/, "")] = file;
    }
  }
  return entries;
}

/** The front doors that `millrace` lends to `@millrace/testing`. */
function lentEntries(): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const folder of LENT.filter((name) => folders.includes(name))) {
    for (const [subpath, { "@millrace/source": source }] of Object.entries(readManifest(folder).exports)) {
      if (source === undefined) throw new Error(`${folder} exports ${subpath} without its source`);
      entries[lentFile(folder, subpath)] = path.join(ROOT, "packages", folder, source);
    }
  }
  return entries;
}

function entriesOf({ folder, entries, borrowed }: Published): Record<string, string> {
  const own = Object.entries(entries).map(([name, file]) => [name, path.join(ROOT, "packages", folder, file)]);
  return { ...Object.fromEntries(own), ...(borrowed.length === 0 ? { ...childEntries(), ...lentEntries() } : {}) };
}

/** Writes the bundle into the package's `dist` and gives the registry packages that it imports. */
export async function bundle(published: Published): Promise<Set<string>> {
  const outdir = path.join(ROOT, "packages", published.folder, "dist");
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entriesOf(published),
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    conditions: ["@millrace/source"],
    packages: "external",
    plugins: [borrow(published.borrowed), bundleOurs(published.borrowed), bringInside(), moveFilesBeside(outdir)],
    chunkNames: "chunk-[hash]",
    metafile: true,
    logLevel: "warning",
  });
  const imported = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return new Set(
    imported.filter((entry) => entry.external === true && !isBuiltin(entry.path)).map((entry) => packageOf(entry.path)),
  );
}

/** `packages: "external"` leaves every package outside, so those that travel inside are brought in one by one. */
function bringInside(): Plugin {
  return {
    name: "bring-inside",
    setup(build) {
      build.onResolve({ filter: /^[^.]/ }, ({ path: specifier, importer }) => {
        if (!INSIDE.includes(packageOf(specifier))) return undefined;
        return { path: createRequire(importer).resolve(specifier), sideEffects: false };
      });
    },
  };
}

/** The same for ours. */
function bundleOurs(borrowed: readonly string[]): Plugin {
  return {
    name: "bundle-ours",
    setup(build) {
      build.onResolve({ filter: /^@millrace\// }, ({ path: specifier }) => {
        const [folder, subpath] = ownPackage(specifier) ?? [];
        if (folder === undefined || subpath === undefined || borrowed.includes(folder)) return undefined;
        const source = readManifest(folder).exports[subpath]?.["@millrace/source"];
        if (source === undefined) throw new Error(`${specifier} is not exported`);
        return { path: path.join(ROOT, "packages", folder, source) };
      });
    },
  };
}

/** `@scope/name/sub/path` -> `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
