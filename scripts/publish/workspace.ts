// What is published and what is in it. Two packages leave this repository; the others travel inside `millrace`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
} & Readonly<Record<string, unknown>>;

export const folders: readonly string[] = readdirSync(path.join(ROOT, "packages")).filter((folder) =>
  existsSync(path.join(ROOT, "packages", folder, "package.json")),
);

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(ROOT, "packages", folder, "package.json"), "utf8")) as Manifest;
}

export type Published = {
  readonly folder: string;
  /** Each bundled entry: its name in `dist`, and its source in the package. */
  readonly entries: Readonly<Record<string, string>>;
  /** Packages of ours that stay outside the bundle and are imported from another published package instead. */
  readonly borrowed: readonly string[];
};

/** What `@millrace/testing` takes from `millrace`, so that both hold the same classes and the same registry of flows. */
export const LENT: readonly string[] = ["core", "sdk", "store", "executors", "engine"];

/**
 * Packages from the registry that travel inside the bundle too. Of Kysely we use a small part, and from its own files it
 * takes a tenth of a second to load, which every command would wait for.
 */
export const INSIDE: readonly string[] = ["kysely"];

export const PUBLISHED: readonly Published[] = [
  { folder: "cli", entries: { index: "src/index.ts", client: "src/client.ts", main: "src/main.ts" }, borrowed: [] },
  { folder: "testing", entries: { index: "src/index.ts" }, borrowed: LENT },
];

export type Needs = {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
};

/** What a published package needs from the registry: its own needs, and those of the packages that travel inside. */
export function needsOf({ folder, borrowed }: Published): Needs {
  const inside = borrowed.length > 0 ? [folder] : folders.filter((name) => name === folder || name !== "testing");
  const needs: Needs = { dependencies: {}, peerDependencies: {} };
  for (const manifest of inside.map(readManifest)) {
    for (const kind of ["dependencies", "peerDependencies"] as const) {
      for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
        if (ownPackage(name) !== undefined) continue;
        if ((needs[kind][name] ?? range) !== range) throw new Error(`two packages need different versions of ${name}`);
        needs[kind][name] = range;
      }
    }
  }
  if (borrowed.length > 0) needs.dependencies["millrace"] = readManifest(folder).version;
  return needs;
}

/** The specifier under which a lent package is imported from the published `millrace`: not for users. */
export function lentSpecifier(specifier: string): string {
  return specifier.replace("@millrace/", "millrace/internal/");
}

/** The file in `dist` that lends a front door. All files of a bundle lie side by side, so that `./x` is the same for all. */
export function lentFile(folder: string, subpath: string): string {
  return `internal-${path.posix.join(folder, subpath).replaceAll("/", "-")}`;
}

/** `@millrace/store/conformance` -> `["store", "./conformance"]`; nothing for anybody else's package. */
export function ownPackage(specifier: string): readonly [folder: string, subpath: string] | undefined {
  const match = /^@millrace\/([^/]+)(\/.+)?$/.exec(specifier);
  if (match?.[1] === undefined) return undefined;
  return [match[1], `.${match[2] ?? ""}`];
}
