// A folder that `npm publish` can take as it is: the built files, the licence, and a manifest for those who install.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LENT, type Manifest, ownPackage, type Published, ROOT, readManifest } from "./workspace.ts";

const OURS_ALONE = new Set(["devDependencies", "scripts", "private"]);

function publicExports(manifest: Manifest, lends: boolean): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  for (const [subpath, { "@millrace/source": _source, ...conditions }] of Object.entries(manifest.exports)) {
    exports[subpath] = conditions;
  }
  for (const folder of lends ? LENT : []) {
    for (const subpath of Object.keys(readManifest(folder).exports)) {
      const file = `./dist/${path.posix.join("internal", folder, subpath, "index")}`;
      exports[`./${path.posix.join("internal", folder, subpath)}`] = { types: `${file}.d.ts`, default: `${file}.js` };
    }
  }
  return exports;
}

/** The manifest that users get: no sources, no scripts of ours, and no packages that travel inside. */
function publicManifest({ folder, borrowed }: Published): Record<string, unknown> {
  const manifest = readManifest(folder);
  const lends = borrowed.length === 0;
  const kept = Object.entries(manifest).filter(([key]) => !OURS_ALONE.has(key));
  const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => ownPackage(name) === undefined);
  return {
    ...Object.fromEntries(kept),
    exports: publicExports(manifest, lends),
    dependencies: { ...Object.fromEntries(dependencies), ...(lends ? {} : { millrace: manifest.version }) },
  };
}

export function stageFolder({ folder }: Published): string {
  return path.join(ROOT, "dist/publish", folder);
}

export function stage(published: Published): void {
  const from = path.join(ROOT, "packages", published.folder);
  const to = stageFolder(published);
  mkdirSync(to, { recursive: true });
  for (const name of ["dist", "bin"].filter((name) => existsSync(path.join(from, name)))) {
    cpSync(path.join(from, name), path.join(to, name), { recursive: true });
  }
  for (const name of ["LICENSE", "CHANGELOG.md"]) cpSync(path.join(ROOT, name), path.join(to, name));
  const readme = [path.join(from, "README.md"), path.join(ROOT, "README.md")].find((file) => existsSync(file));
  if (readme !== undefined) cpSync(readme, path.join(to, "README.md"));
  writeFileSync(path.join(to, "package.json"), `${JSON.stringify(publicManifest(published), undefined, 2)}\n`);
}
