import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../bin/millrace.js", import.meta.url));

// Makes any Node say that it is an old one.
const OLD_NODE = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.11.1'})";

function launch(nodeArgs: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; stderr: string } {
  const result = spawnSync(process.execPath, [...nodeArgs, launcher, "--help"], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  return { code: result.status, stderr: result.stderr };
}

describe("the launcher", () => {
  test("runs the sources from a plain node, without a build and without warnings", () => {
    expect(launch([])).toEqual({ code: 0, stderr: "" });
  });

  test("runs at once when the condition is there", () => {
    expect(launch(["--conditions=@millrace/source"])).toEqual({ code: 0, stderr: "" });
  });

  test("refuses an old Node with what to do about it", () => {
    const { code, stderr } = launch(["--import", OLD_NODE], { MILLRACE_HANDED_OVER: "1" });
    expect(code).toBe(2);
    expect(stderr).toContain("needs Node 24 or newer, and this is Node 20.11.1");
    expect(stderr).toContain("npm install --save-dev node@24");
  });
});
