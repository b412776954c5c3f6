import path from "node:path";
import type { BuildFailure, BuildOptions, BuildResult, Message, Metafile, OutputFile } from "esbuild";
import { packagePlugin } from "./package-plugin.ts";
import { definesOfPlaces, filesThatAskWhereTheyAre, hereBanner, placePlugin } from "./source-place-plugin.ts";

/** A module that others load by itself: a flow file, or the configuration. */
export interface BundleEntry {
  /** Its module in the bundle, without `.mjs`. All modules lie in one folder, so that the project is always three up. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
}

export interface Bundle {
  /** Relative to the version's folder. */
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  /** Absolute paths of all project files that went in. */
  readonly inputs: readonly string[];
  /** By entry's name, the absolute paths of the project files that it is made of. */
  readonly closures: ReadonlyMap<string, readonly string[]>;
  /** By project file, absolute, the project files that it imports. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Modules are loaded later, by `import()`; then the folder must stay where it is once a process has begun. */
  readonly loadsLater: boolean;
  readonly warnings: readonly Message[];
}

export interface FailedEntry {
  readonly entry: BundleEntry;
  readonly errors: readonly Message[];
}

export interface BundleOutcome {
  /** Null when every entry failed. */
  readonly bundle: Bundle | null;
  readonly failed: readonly FailedEntry[];
}

/** Nothing is written there: it only has the depth of a version's folder, so that source maps lead to the sources. */
const OUTDIR = ".millrace/versions/bundle";

/**
 * Bundles the project's own modules: ESM, split, one module per entry, with source maps that hold the sources. When
 * that fails, each entry is tried alone, and those that can be built are built.
 */
export async function bundleProject(projectDir: string, entries: readonly BundleEntry[]): Promise<BundleOutcome> {
  const attempt = await tryBundle(projectDir, entries);
  if (attempt.bundle !== null || entries.length === 1) {
    return { bundle: attempt.bundle, failed: attempt.bundle === null ? blame(entries, attempt.errors) : [] };
  }
  const alone = await Promise.all(entries.map(async (entry) => ({ entry, errors: await errorsOf(projectDir, entry) })));
  const failed = alone.filter(({ errors }) => errors.length > 0);
  const sound = alone.filter(({ errors }) => errors.length === 0).map(({ entry }) => entry);
  if (sound.length === 0) return { bundle: null, failed };
  const again = await tryBundle(projectDir, sound);
  return { bundle: again.bundle, failed: again.bundle === null ? blame(entries, again.errors) : failed };
}

/** Ends esbuild's own process, which would otherwise stay for as long as ours. */
export async function stopBundler(): Promise<void> {
  const { stop } = await import("esbuild");
  await stop();
}

function blame(entries: readonly BundleEntry[], errors: readonly Message[]): FailedEntry[] {
  return entries.map((entry) => ({ entry, errors }));
}

type Tried = { readonly bundle: Bundle; readonly errors: [] } | { readonly bundle: null; readonly errors: Message[] };

async function tryBundle(projectDir: string, entries: readonly BundleEntry[]): Promise<Tried> {
  const packages = packagePlugin(projectDir);
  try {
    let result = await run(projectDir, entries, { plugins: [packages.plugin] });
    const asking = filesThatAskWhereTheyAre(result.outputFiles, inputFiles(projectDir, result.metafile));
    if (asking.length > 0) {
      const plugins = [packages.plugin, placePlugin(projectDir, asking)];
      result = await run(projectDir, entries, { plugins, banner: { js: hereBanner } });
    }
    return { bundle: { ...toBundle(projectDir, entries, result), dependencies: packages.dependencies() }, errors: [] };
  } catch (error) {
    if (isBuildFailure(error)) return { bundle: null, errors: error.errors };
    throw error;
  }
}

async function errorsOf(projectDir: string, entry: BundleEntry): Promise<Message[]> {
  return (await tryBundle(projectDir, [entry])).errors;
}

type Ran = BuildResult<{ write: false; metafile: true }>;

async function run(projectDir: string, entries: readonly BundleEntry[], more: BuildOptions): Promise<Ran> {
  // Only a build pays for loading the bundler: most commands find the active version up to date.
  const { build } = await import("esbuild");
  return await build<{ write: false; metafile: true }>({
    absWorkingDir: projectDir,
    entryPoints: entries.map(({ name, file }) => ({ in: file, out: name })),
    outdir: path.join(projectDir, OUTDIR),
    // Whatever `type` the project's package.json says, these are modules.
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    charset: "utf8",
    chunkNames: "chunk-[hash]",
    define: definesOfPlaces,
    loader: { ".sql": "text", ".txt": "text" },
    sourcemap: "linked",
    logLevel: "silent",
    ...more,
    metafile: true,
    write: false,
  });
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function inputFiles(projectDir: string, metafile: Metafile): string[] {
  return Object.keys(metafile.inputs)
    .filter(isFile)
    .map((input) => path.resolve(projectDir, input));
}

/** Inputs that are no files carry the name of their plugin's namespace and a colon. */
function isFile(input: string): boolean {
  return !input.includes(":");
}

function toBundle(dir: string, entries: readonly BundleEntry[], ran: Ran): Omit<Bundle, "dependencies"> {
  const outdir = path.join(dir, OUTDIR);
  return {
    files: ran.outputFiles.map((file) => ({ path: path.relative(outdir, file.path), content: withRequire(file) })),
    inputs: inputFiles(dir, ran.metafile),
    closures: new Map(entries.map(({ name, file }) => [name, closureOf(dir, file, ran.metafile)])),
    imports: importsOf(dir, ran.metafile),
    loadsLater: Object.values(ran.metafile.outputs).some(({ imports }) =>
      imports.some(({ kind, external }) => kind === "dynamic-import" && external !== true),
    ),
    warnings: ran.warnings,
  };
}

function importsOf(projectDir: string, { inputs }: Metafile): Map<string, readonly string[]> {
  const absolute = (input: string): string => path.resolve(projectDir, input);
  const files = Object.entries(inputs).filter(([input]) => isFile(input));
  return new Map(
    files.map(([input, { imports }]) => {
      const taken = imports.filter((imported) => imported.path in inputs && isFile(imported.path));
      return [absolute(input), [...new Set(taken.map((imported) => absolute(imported.path)))]];
    }),
  );
}

function closureOf(projectDir: string, file: string, { inputs }: Metafile): string[] {
  const start = Object.keys(inputs).find((input) => isFile(input) && path.resolve(projectDir, input) === file);
  const seen = new Set<string>(start === undefined ? [] : [start]);
  for (const input of seen) {
    for (const imported of inputs[input]?.imports ?? []) if (imported.path in inputs) seen.add(imported.path);
  }
  return [...seen]
    .filter(isFile)
    .map((input) => path.resolve(projectDir, input))
    .sort();
}

const REQUIRE_SHIM = Buffer.from("var __require = ");
/** On the first line, which holds no code of the author, so that no line of the source map moves. */
const REQUIRE = Buffer.from(
  'import { createRequire as __millrace_createRequire } from "node:module"; const require = __millrace_createRequire(import.meta.url); ',
);

/** CommonJS inside an ES module needs a `require`; esbuild uses one where there is one. */
function withRequire({ contents }: OutputFile): Uint8Array {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  return bytes.includes(REQUIRE_SHIM) ? Buffer.concat([REQUIRE, bytes]) : contents;
}
