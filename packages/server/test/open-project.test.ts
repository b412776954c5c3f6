import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MillraceError } from "@millrace/core";
import { expect, onTestFinished, test } from "vitest";
import { listFlowFiles } from "../src/project/flow-files.ts";
import { openProject, prepareDataDir } from "../src/project/open-project.ts";
import { temporaryProject } from "./temporary-project.ts";

test("a project is found from any folder inside it", () => {
  const dir = temporaryProject({ "flows/daily/orders.ts": "" });
  const project = openProject(path.join(dir, "flows/daily"), {});
  expect(project).toEqual({
    dir,
    configFile: path.join(dir, "millrace.config.ts"),
    dataDir: path.join(dir, ".millrace"),
    database: { kind: "sqlite", path: path.join(dir, ".millrace/millrace.db") },
    artifactsDir: path.join(dir, ".millrace/artifacts"),
    logsDir: path.join(dir, ".millrace/logs"),
  });
});

test("a folder without a config is refused, with what to do", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "millrace-none-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const refusal = refusalOf(() => openProject(dir, {}));
  expect(refusal.code).toBe("NO_PROJECT");
  expect(refusal.message).toContain(dir);
  expect(refusal.hint).toContain("millrace init");
});

test.each([
  ["sqlite:data/other.db", "data/other.db"],
  ["sqlite:/var/lib/mill.db", "/var/lib/mill.db"],
  ["sqlite:///var/lib/mill.db", "/var/lib/mill.db"],
])("the database address %s names %s", (url, file) => {
  const dir = temporaryProject({});
  const { database } = openProject(dir, { MILLRACE_DATABASE_URL: url });
  expect(database).toEqual({ kind: "sqlite", path: path.resolve(dir, file) });
});

test("a PostgreSQL server is another database, whatever the project's folder", () => {
  const dir = temporaryProject({});
  const { database } = openProject(dir, { MILLRACE_DATABASE_URL: "postgres://mill:secret@db:5432/data?schema=etl" });
  expect(database).toEqual({ kind: "postgres", url: "postgres://mill:secret@db:5432/data", schema: "etl" });
});

test("an address of something else is refused", () => {
  const dir = temporaryProject({});
  const refusal = refusalOf(() => openProject(dir, { MILLRACE_DATABASE_URL: "mysql://root:secret@localhost/x" }));
  expect(refusal.code).toBe("USAGE");
  expect(refusal.message).toContain("mysql");
  expect(`${refusal.message} ${refusal.hint}`).not.toContain("secret");
});

test("the data folder keeps itself out of version control", () => {
  const dir = temporaryProject({});
  const project = openProject(dir, {});
  prepareDataDir(project);
  expect(readFileSync(path.join(project.dataDir, ".gitignore"), "utf8")).toBe("*\n");
});

test("a data folder that cannot be made is refused, with its name", () => {
  const dir = temporaryProject({ ".millrace": "a file where the folder should be" });
  const refusal = refusalOf(() => prepareDataDir(openProject(dir, {})));
  expect(refusal.code).toBe("STORE_FAILED");
  expect(refusal.message).toContain(path.join(dir, ".millrace"));
});

test("tests, declarations and dependencies among the flows are no flow files", () => {
  const dir = temporaryProject({
    "flows/b.ts": "",
    "flows/a.mjs": "",
    "flows/deep/er/c.js": "",
    "flows/b.test.ts": "",
    "flows/b.spec.ts": "",
    "flows/b.d.ts": "",
    "flows/__tests__/d.ts": "",
    "flows/node_modules/x/index.js": "",
    "flows/notes.md": "",
  });
  mkdirSync(path.join(dir, "flows/empty.ts"));
  expect(listFlowFiles(dir, ["flows/**/*.{ts,js,mts,mjs}"])).toEqual([
    "flows/a.mjs",
    "flows/b.ts",
    "flows/deep/er/c.js",
  ]);
});

function refusalOf(act: () => unknown): MillraceError {
  try {
    act();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
