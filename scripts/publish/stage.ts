// A folder that `npm publish` can take as it is: the built files, the licence, and a manifest for those who install.
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  INSIDE,
  LENT,
  lentFile,
  type Manifest,
  needsOf,
  PUBLISHED,
  type Published,
  ROOT,
  readManifest,
} from "./workspace.ts";

const OURS_ALONE = new Set(["devDependencies", "scripts", "private"]);

function publicExports(manifest: Manifest, lends: boolean): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  for (const [subpath, { "@millrace/source": _source, ...conditions }] of Object.entries(manifest.exports)) {
    // A door for this repository alone.
    if (Object.keys(conditions).length === 0) continue;
    exports[subpath] = conditions;
  }
  for (const folder of lends ? LENT : []) {
    for (const subpath of Object.keys(readManifest(folder).exports)) {
      const file = `./dist/${lentFile(folder, subpath)}`;
      exports[`./${path.posix.join("internal", folder, subpath)}`] = { types: `${file}.d.ts`, default: `${file}.js` };
    }
  }
  return exports;
}

function only(record: Readonly<Record<string, string>>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => names.has(name))
      .sort(([left], [right]) => left.localeCompare(right)),
  );
}

/** The manifest that users get: no sources, no scripts of ours, and only what the built files really import. */
function publicManifest(published: Published, imported: ReadonlySet<string>): Record<string, unknown> {
  const manifest = readManifest(published.folder);
  const needs = needsOf(published);
  const kept = Object.entries(manifest).filter(([key]) => !OURS_ALONE.has(key));
  const dependencies = only(needs.dependencies, imported);
  // What comes along anyway need not be brought.
  const peers = only(needs.peerDependencies, new Set([...imported].filter((name) => dependencies[name] === undefined)));
  const optional = Object.fromEntries(Object.keys(peers).map((name) => [name, { optional: true }]));
  return {
    ...Object.fromEntries(kept),
    exports: publicExports(manifest, published.borrowed.length === 0),
    dependencies,
    ...(Object.keys(peers).length === 0 ? {} : { peerDependencies: peers, peerDependenciesMeta: optional }),
  };
}

export function stageFolder({ folder }: Published): string {
  return path.join(ROOT, "dist/publish", folder);
}

/** The licences of what travels inside ask to travel with it. */
function copyLicences(to: string): void {
  for (const name of INSIDE) cpSync(path.join(ROOT, "node_modules", name, "LICENSE"), path.join(to, `${name}.txt`));
}

/** Beside each other as if they were installed, so that one finds the other where tests use them as they lie. */
export function linkStaged(): void {
  const modules = path.join(ROOT, "dist/publish/node_modules");
  for (const published of PUBLISHED) {
    const link = path.join(modules, readManifest(published.folder).name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(stageFolder(published), link);
  }
}

/** Every peer is optional: it is a client of a database that a user may or may not have. */
export function stage(published: Published, imported: ReadonlySet<string>): void {
  const from = path.join(ROOT, "packages", published.folder);
  const to = stageFolder(published);
  mkdirSync(to, { recursive: true });
  for (const name of ["dist", "bin"].filter((name) => existsSync(path.join(from, name)))) {
    cpSync(path.join(from, name), path.join(to, name), { recursive: true });
  }
  for (const name of ["LICENSE", "CHANGELOG.md"]) cpSync(path.join(ROOT, name), path.join(to, name));
  if (published.borrowed.length === 0) copyLicences(path.join(to, "dist/licences"));
  const readme = [path.join(from, "README.md"), path.join(ROOT, "README.md")].find((file) => existsSync(file));
  if (readme !== undefined) cpSync(readme, path.join(to, "README.md"));
  writeFileSync(
    path.join(to, "package.json"),
    `${JSON.stringify(publicManifest(published, imported), undefined, 2)}\n`,
  );
}
