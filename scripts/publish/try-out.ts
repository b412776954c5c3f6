// Uses the packages as those do who install them: packed, unpacked beside nothing but what they declare, and run in a
// project that `millrace init` has made. What a bundle forgot (a migration, the file of a child process) shows here.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { must, run } from "../run.ts";
import { stageFolder } from "./stage.ts";
import { type Manifest, PUBLISHED, type Published, ROOT } from "./workspace.ts";

/** What the project that `init` makes asks for beside Millrace. */
const PROJECT_NEEDS = ["typescript", "@types/node"];
const PROJECT_SCRIPTS = ["check", "start", "test"];

/** Packs a package and unpacks it where an installation would put it; gives the names of what it depends on. */
async function unpack(published: Published, project: string): Promise<string[]> {
  const staged = stageFolder(published);
  const manifest: Manifest = JSON.parse(readFileSync(path.join(staged, "package.json"), "utf8"));
  const { name, version, dependencies = {} } = manifest;
  await must("npm", ["pack", "--silent", "--pack-destination", project, staged]);
  const tarball = path.join(project, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  const folder = path.join(project, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  await must("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  return Object.keys(dependencies);
}

/** What the registry would send is here already: it is linked, so that the gate needs no network. */
async function install(project: string): Promise<void> {
  const modules = path.join(project, "node_modules");
  const needs = new Set(PROJECT_NEEDS);
  for (const published of PUBLISHED) for (const need of await unpack(published, project)) needs.add(need);
  needs.delete("millrace");
  for (const name of needs) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  mkdirSync(path.join(modules, ".bin"));
  symlinkSync("../millrace/bin/millrace.js", path.join(modules, ".bin/millrace"));
  symlinkSync("../typescript/bin/tsc", path.join(modules, ".bin/tsc"));
}

/** Makes a project with the packed packages and runs what it offers; gives how many of its scripts failed. */
export async function tryOut(): Promise<number> {
  const project = mkdtempSync(path.join(tmpdir(), "millrace-packed-"));
  try {
    await install(project);
    await must(path.join(project, "node_modules/.bin/millrace"), ["init"], project);
    let failed = 0;
    for (const script of PROJECT_SCRIPTS) {
      if ((await run("npm", ["run", "--silent", script], project)) === 0) continue;
      process.stderr.write(`a new project's "npm run ${script}" fails with the packed packages\n`);
      failed += 1;
    }
    return failed;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
