// What tests install into the projects that they make, and start there: the sources, or the packages as users get them.
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/**
 * Names the folder of `npm run build` with the packages to be tested, relative to the repository. They start several
 * times as fast as the sources, which are tested where it is not set.
 */
export const PUBLISHED_VARIABLE = "MILLRACE_TEST_PUBLISHED";

const named = process.env[PUBLISHED_VARIABLE];
const published = named === undefined ? undefined : path.resolve(ROOT, named);
if (published !== undefined && !existsSync(path.join(published, "cli/dist/main.js"))) {
  throw new Error(`${PUBLISHED_VARIABLE} is ${named}, where nothing is built: run npm run build first.`);
}
const packages = published ?? path.join(ROOT, "packages");

/** The folders of our packages that a project can import, by name. */
export const OURS = { millrace: path.join(packages, "cli"), "@millrace/testing": path.join(packages, "testing") };

/** What a flow gets that imports `millrace`. */
export const MILLRACE_MODULE = path.join(OURS.millrace, published === undefined ? "src/index.ts" : "dist/index.js");

/** What Node needs to find them. */
export const CONDITIONS: readonly string[] = published === undefined ? ["--conditions=@millrace/source"] : [];

/** The program and the first arguments of a `millrace` command line. */
export const MILLRACE: readonly [program: string, ...args: string[]] = [
  process.execPath,
  ...CONDITIONS,
  path.join(OURS.millrace, "bin/millrace.js"),
];
