#!/usr/bin/env node
// The front of the command line, in JavaScript that old Nodes can still read: it finds a Node that can run Millrace,
// says plainly when there is none, and hands over. Everything else is in src/main.ts.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;
const SOURCE_CONDITION = "--conditions=@millrace/source";

const self = fileURLToPath(import.meta.url);
const source = new URL("../src/main.ts", import.meta.url);
// A published package has no sources. In the workspace they win, so that a build left behind is never run by mistake.
const runsFromSource = existsSync(source);

/** Replaces this process where Node can, so that no idle parent stays behind; otherwise runs a child and mirrors it. */
function handOver(node, args) {
  const env = { ...process.env, MILLRACE_HANDED_OVER: "1" };
  if (typeof process.execve === "function") process.execve(node, [node, ...args], env);
  const child = spawn(node, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The binary of the npm package `node`, when the project has one that is new enough. */
function findNewerNode() {
  for (const from of [import.meta.url, `file://${process.cwd()}/`]) {
    try {
      const require = module.createRequire(from);
      const { version } = require("node/package.json");
      const binary = path.join(path.dirname(require.resolve("node/package.json")), "bin", "node");
      if (Number.parseInt(version, 10) >= OLDEST_NODE && existsSync(binary)) return binary;
    } catch {
      // Not installed here: the next place may have it.
    }
  }
  return undefined;
}

function fail(message) {
  process.stderr.write(`millrace: ${message}\n`);
  process.exit(2);
}

const major = Number.parseInt(process.versions.node, 10);
const sourceArgs = runsFromSource && !process.execArgv.includes(SOURCE_CONDITION) ? [SOURCE_CONDITION] : [];
const args = [...process.execArgv, ...sourceArgs, self, ...process.argv.slice(2)];

if (major < OLDEST_NODE) {
  const newer = process.env.MILLRACE_HANDED_OVER === undefined ? findNewerNode() : undefined;
  if (newer === undefined) {
    fail(
      `needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node} (${process.execPath}).\n` +
        `Install Node ${OLDEST_NODE} from https://nodejs.org, or add it to the project: npm install --save-dev node@${OLDEST_NODE}`,
    );
  }
  handOver(newer, args);
} else if (sourceArgs.length > 0) {
  handOver(process.execPath, args);
} else {
  delete process.env.MILLRACE_HANDED_OVER;
  module.enableCompileCache();
  const { main } = await import(runsFromSource ? source.href : "../dist/main.js");
  process.exitCode = await main(process.argv.slice(2));
}
