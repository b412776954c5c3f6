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

export const PUBLISHED: readonly Published[] = [
  { folder: "cli", entries: { index: "src/index.ts", main: "src/main.ts" }, borrowed: [] },
  { folder: "testing", entries: { index: "src/index.ts" }, borrowed: LENT },
];

/** The specifier under which a lent package is imported from the published `millrace`: not for users. */
export function lentSpecifier(specifier: string): string {
  return specifier.replace("@millrace/", "millrace/internal/");
}

/** `@millrace/store/conformance` -> `["store", "./conformance"]`; nothing for anybody else's package. */
export function ownPackage(specifier: string): readonly [folder: string, subpath: string] | undefined {
  const match = /^@millrace\/([^/]+)(\/.+)?$/.exec(specifier);
  if (match?.[1] === undefined) return undefined;
  return [match[1], `.${match[2] ?? ""}`];
}
