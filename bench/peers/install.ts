// Brings peers into folders of their own. What is installed as it should be is left alone.
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { Folders } from "./folders.ts";

const execute = promisify(execFile);
const UV = "uv==0.13.9";

/** The file that tells what is installed in a folder; it is written last. */
const RECEIPT = "installed.txt";

/** A Python with the packages of a list of pins, and the path of its programs. */
export async function installPython(folders: Folders, peer: string): Promise<void> {
  const folder = folders.installed(peer);
  const pins = path.join(import.meta.dirname, "pins", `${peer}.txt`);
  await once(folder, readFileSync(pins, "utf8"), async () => {
    const uv = await installUv(folders);
    const python = path.join(folder, "venv");
    await execute(uv, ["venv", "--clear", "--quiet", "--python", "python3", python]);
    // Compiled now, so that no run pays for it.
    const to = ["--python", path.join(python, "bin/python"), "--compile-bytecode"];
    await execute(uv, ["pip", "install", "--quiet", ...to, "--requirement", pins]);
  });
}

/** A Python with no packages, of the same version as the others'. */
export async function installPlainPython(folders: Folders, peer: string): Promise<void> {
  const folder = folders.installed(peer);
  await once(folder, "no packages", async () => {
    const uv = await installUv(folders);
    await execute(uv, ["venv", "--clear", "--quiet", "--python", "python3", path.join(folder, "venv")]);
  });
}

export async function pythonVersion(folder: string): Promise<string> {
  const { stdout } = await execute(pythonProgram(folder, "python"), ["--version"]);
  return stdout.trim();
}

export function pythonProgram(folder: string, name: string): string {
  return path.join(folder, "venv/bin", name);
}

/** Versions of Python packages, from the list of pins. */
export function pinnedVersions(peer: string, packages: readonly string[]): string[] {
  const lines = readFileSync(path.join(import.meta.dirname, "pins", `${peer}.txt`), "utf8").split("\n");
  return packages.map((name) => `${name} ${lines.find((line) => line.startsWith(`${name}==`))?.split("==")[1]}`);
}

/** npm packages at exact versions. */
export async function installNpm(folders: Folders, peer: string, dependencies: Record<string, string>): Promise<void> {
  const folder = folders.installed(peer);
  const manifest = JSON.stringify({ private: true, type: "module", dependencies }, null, 2);
  await once(folder, manifest, async () => {
    writeFileSync(path.join(folder, "package.json"), manifest);
    await execute("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  });
}

export function npmVersions(dependencies: Record<string, string>): string[] {
  return Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
}

const REDIS_PACKAGES = ["redis-server", "redis-tools", "libjemalloc2", "liblua5.1-0", "liblzf1"];
const REDIS_MODULES = ["libhiredis0.14", "lua-bitop", "lua-cjson"];

/** Redis as it is on this machine; else Debian's packages, unpacked in a folder and nowhere else. */
export async function installRedis(folders: Folders): Promise<void> {
  if (findProgram("redis-server") !== undefined) return;
  const folder = folders.installed("redis");
  const packages = [...REDIS_PACKAGES, ...REDIS_MODULES];
  await once(folder, packages.join("\n"), async () => {
    await execute("apt-get", ["download", ...packages], { cwd: folder });
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
      await execute("dpkg", ["-x", path.join(folder, file), path.join(folder, "root")]);
    }
  });
}

/** How to start Redis, and what its libraries need. */
export function redisServer(folders: Folders): { readonly program: string; readonly env: NodeJS.ProcessEnv } {
  const found = findProgram("redis-server");
  if (found !== undefined) return { program: found, env: {} };
  const root = path.join(folders.installed("redis"), "root/usr");
  const libraries = readdirSync(path.join(root, "lib"))
    .map((name) => path.join(root, "lib", name))
    .join(":");
  return { program: path.join(root, "bin/redis-server"), env: { LD_LIBRARY_PATH: libraries } };
}

export async function redisVersion(folders: Folders): Promise<string> {
  const { program, env } = redisServer(folders);
  const { stdout } = await execute(program, ["--version"], { env: { ...process.env, ...env } });
  return `Redis ${/v=(\S+)/.exec(stdout)?.[1]}`;
}

/** Does it unless the receipt says that it was done. */
async function once(folder: string, receipt: string, install: () => Promise<void>): Promise<void> {
  const file = path.join(folder, RECEIPT);
  if (existsSync(file) && readFileSync(file, "utf8") === receipt) return;
  rmSync(file, { force: true });
  await install();
  writeFileSync(file, receipt);
}

async function installUv(folders: Folders): Promise<string> {
  const folder = folders.installed("uv");
  await once(folder, UV, async () => {
    await execute("python3", ["-m", "venv", "--clear", path.join(folder, "venv")]);
    await execute(pythonProgram(folder, "python"), ["-m", "pip", "install", "--quiet", UV]);
  });
  return pythonProgram(folder, "uv");
}

function findProgram(name: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
