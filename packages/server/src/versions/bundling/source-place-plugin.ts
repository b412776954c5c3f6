import { readFileSync } from "node:fs";
import path from "node:path";
import type { Loader, OutputFile, Plugin } from "esbuild";

/**
 * Modules that ask where they are (`import.meta.url`, `__dirname`, …) get the place of their source, as they would
 * without a bundle, and not that of the bundle: they look for files beside themselves.
 *
 * Most projects never ask, so the first build only puts names in the place of the questions; when a name turns up in
 * its output, the build is repeated and each file that asks gets these names declared.
 */
const NAMES = {
  url: "__millrace_source_url",
  file: "__millrace_source_file",
  dir: "__millrace_source_dir",
};
const HERE = "__millrace_here";

/** For esbuild's `define`. */
export const definesOfPlaces: Record<string, string> = {
  "import.meta.url": NAMES.url,
  "import.meta.filename": NAMES.file,
  "import.meta.dirname": NAMES.dir,
  __filename: NAMES.file,
  __dirname: NAMES.dir,
};

/** For esbuild's `banner`, which it puts in front of each module without looking at it. */
export const hereBanner = `const ${HERE} = import.meta.url;`;

const QUESTIONS = /import\.meta|__dirname|__filename/;
const LOADERS: Record<string, Loader> = { ".tsx": "tsx", ".jsx": "jsx", ".js": "jsx", ".mjs": "js", ".cjs": "js" };

export function filesThatAskWhereTheyAre(outputs: readonly OutputFile[], inputs: readonly string[]): string[] {
  const asked = Object.values(NAMES).map((name) => Buffer.from(name));
  const asks = ({ path: file, contents }: OutputFile) =>
    file.endsWith(".mjs") &&
    asked.some((name) => Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength).includes(name));
  if (!outputs.some(asks)) return [];
  return inputs.filter((file) => /\.[cm]?[jt]sx?$/.test(file) && QUESTIONS.test(readFileSync(file, "utf8")));
}

export function placePlugin(projectDir: string, files: readonly string[]): Plugin {
  const filter = new RegExp(`^(?:${files.map((file) => file.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})$`);
  return {
    name: "source-place",
    setup(build) {
      build.onLoad({ filter }, ({ path: file }) => {
        const source = readFileSync(file, "utf8");
        const extension = path.extname(file);
        return { contents: withPlace(source, fromVersion(projectDir, file)), loader: LOADERS[extension] ?? "ts" };
      });
    },
  };
}

/** From a module of a version to the source: three folders up is the project. */
function fromVersion(projectDir: string, file: string): string {
  const relative = path.relative(projectDir, file).split(path.sep).map(encodeURIComponent).join("/");
  return `../../../${relative}`;
}

/** Declares the names on the first line of code, so that lines keep their numbers. */
function withPlace(source: string, relative: string): string {
  const afterShebang = source.startsWith("#!") ? source.indexOf("\n") + 1 : 0;
  const declared =
    `const ${NAMES.url} = new URL(${JSON.stringify(relative)}, ${HERE}).href, ` +
    `${NAMES.file} = decodeURIComponent(new URL(${NAMES.url}).pathname), ` +
    `${NAMES.dir} = ${NAMES.file}.slice(0, ${NAMES.file}.lastIndexOf("/")); `;
  return source.slice(0, afterShebang) + declared + source.slice(afterShebang);
}
