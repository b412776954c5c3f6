import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CONDITIONS } from "../setup/installed.ts";
import { TemporaryProject } from "./temporary-project.ts";

describe("init", () => {
  test("makes a project that checks, compiles, runs and passes its test", async () => {
    const project = new TemporaryProject();
    const made = await project.run(["init", "shop"]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain("npx millrace run hello");
    const dir = project.path("shop");
    project.install(dir);
    expect(await project.run(["check"], { cwd: dir })).toMatchObject({ code: 0, stdout: "✓ 1 flow, 4 tasks\n" });
    const run = await project.run(["run", "hello"], { cwd: dir });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain("4 success");
    const logs = await project.run(["logs", "latest", "--task", "report"], { cwd: dir });
    expect(logs.stdout).toContain("5 letters: #");
    const tested = spawnSync(process.execPath, [...CONDITIONS, "--test"], {
      cwd: dir,
      encoding: "utf8",
    });
    expect(tested.stdout).toMatch(/pass 1\b[\s\S]*fail 0\b/);
    expect(tested.status).toBe(0);
  });

  test("overwrites nothing", async () => {
    const project = new TemporaryProject();
    const { code, stderr } = await project.run(["init"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error USAGE: These files exist already in .+: package\.json, millrace\.config\.ts\./);
    expect(existsSync(path.join(project.dir, "flows"))).toBe(false);
  });

  test("tells programs what it made", async () => {
    const project = new TemporaryProject();
    const { records } = await project.run(["init", "shop", "--json"]);
    expect(records).toEqual([
      {
        type: "init",
        dir: project.path("shop"),
        files: [
          "package.json",
          "tsconfig.json",
          ".gitignore",
          "millrace.config.ts",
          "flows/hello.ts",
          "test/hello.test.ts",
        ],
      },
    ]);
  });
});

describe("the command line itself", () => {
  test("without a command shows help on standard error and exits with 2", async () => {
    const project = new TemporaryProject();
    const { code, stdout, stderr } = await project.run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("millrace <command> [options]");
  });

  test("prints its version", async () => {
    const project = new TemporaryProject();
    expect((await project.run(["--version"])).stdout).toMatch(/^millrace \d+\.\d+\.\d+, Node 24\./);
  });

  test.each(["bash", "zsh", "fish"])("prints a completion script for %s", async (shell) => {
    const project = new TemporaryProject();
    const { code, stdout } = await project.run(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toContain("millrace list --quiet");
  });
});
