import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { exchangeFolderPrefix } from "@millrace/core";
import { expect, onTestFinished, test } from "vitest";
import { createMark, workerMark } from "../src/processes/mark.ts";
import { sweepDeadExecutors } from "../src/processes/sweep.ts";

function makeFolder(mark: string): string {
  const folder = mkdtempSync(join(tmpdir(), exchangeFolderPrefix(mark)));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("folders of attempts whose executor is dead go with its processes, all others stay", async () => {
  const [project, another] = [makeFolder(""), makeFolder("")];
  const living = workerMark(createMark(project), 1);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const ofADeadProcess = (mark: string): string => mark.replace(`:${process.pid}-`, `:${pid}-`);
  const dead = makeFolder(ofADeadProcess(living));
  const others = [makeFolder(living), makeFolder(ofADeadProcess(workerMark(createMark(another), 1))), project];
  await sweepDeadExecutors(project);
  expect(existsSync(dead)).toBe(false);
  expect(others.filter((folder) => !existsSync(folder))).toEqual([]);
});
