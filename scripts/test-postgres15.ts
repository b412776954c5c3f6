// `npm run test:postgres15`: the store's tests on the PostgreSQL 15 of Debian, the oldest that many still have. Where it is
// not installed it is fetched with apt, if apt and the rights are there; where that fails, this says so and runs nothing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { BINARIES_VARIABLE } from "../test/setup/embedded-postgres.ts";
import { run } from "./run.ts";

const BINARIES = "/usr/lib/postgresql/15/bin";

/** Installs the server, or says why it cannot be. */
function install(): string | undefined {
  if (spawnSync("apt-get", ["--version"]).status !== 0) return "there is no apt here";
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "--non-interactive"];
  if (asRoot.length > 0 && spawnSync("sudo", ["--non-interactive", "true"]).status !== 0) {
    return "this user may not install packages";
  }
  const [command, ...args] = [...asRoot, "apt-get", "install", "--yes", "--no-install-recommends", "postgresql-15"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stderr } = spawnSync(command, args, { env, encoding: "utf8" });
  if (status === 0 && existsSync(BINARIES)) return undefined;
  return `apt has no postgresql-15 that it can install: ${(stderr ?? "").trim().split("\n").at(-1)}`;
}

const problem = existsSync(`${BINARIES}/postgres`) ? undefined : install();
if (problem === undefined) {
  await run(`${BINARIES}/postgres`, ["--version"]);
  process.env[BINARIES_VARIABLE] = BINARIES;
  process.exitCode = await run("node", ["scripts/test.ts", "packages/store/test/postgres"]);
} else {
  process.stdout.write(`PostgreSQL 15: NOT TESTED, ${problem}.\n`);
}
