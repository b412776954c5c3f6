import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../setup/shared-postgres.ts";
import { TemporaryProject } from "./temporary-project.ts";

const FLOWS = {
  "flows/small.ts": `
import { flow, task } from "millrace";
const hello = task("hello", (_: {}) => { console.log("hello"); return 1; });
export default flow("small", () => { hello({}); });
`,
};

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.remove());

describe("millrace db", () => {
  test("removes runs with their logs, after it has said which", async () => {
    const project = new TemporaryProject(FLOWS);
    for (let at = 0; at < 3; at += 1) await project.run(["run", "small", "--quiet"]);
    const logs = () => readdirSync(path.join(project.dir, ".millrace/logs")).length;
    const dry = await project.run(["db", "prune", "--keep", "1", "--dry-run", "--json"]);
    expect(dry.records).toMatchObject([{ type: "pruned", dryRun: true, flows: { small: { families: 2, runs: 2 } } }]);
    expect(logs()).toBe(3);
    const pruned = await project.run(["db", "prune", "--keep", "1"]);
    expect(pruned.stdout).toMatch(/^removed 2 runs \(\d+ rows, and their files\)\n$/);
    expect(logs()).toBe(1);
    const status = await project.run(["db", "status", "--json"]);
    expect(status.records).toMatchObject([{ type: "database", forgottenRuns: 0, prunable: {}, leader: null }]);
    expect((await project.run(["db", "prune", "--keep", "1"])).stdout).toBe("Nothing to remove.\n");
  });

  test("moves a project to PostgreSQL, where it goes on", async () => {
    const project = new TemporaryProject(FLOWS);
    const env = { MILLRACE_DATABASE_URL: database.url };
    await project.run(["run", "small", "--quiet"]);
    const [here] = (await project.run(["runs", "--quiet"])).stdout.split("\n");
    expect((await project.run(["db", "migrate", "--dry-run"], { env })).code).toBe(1);
    expect((await project.run(["db", "migrate"], { env })).stdout).toContain("0005-time");
    const file = path.join(project.dir, "project.ndjson.gz");
    expect((await project.run(["db", "export", file])).code).toBe(0);
    expect(existsSync(file)).toBe(true);
    expect((await project.run(["db", "import", file], { env })).code).toBe(0);
    expect((await project.run(["runs", "--quiet"], { env })).stdout.trim()).toBe(here);
    expect((await project.run(["logs", "latest"], { env })).stdout).toContain("hello");
    expect((await project.run(["run", "small", "--quiet"], { env })).code).toBe(0);
    const again = await project.run(["db", "import", file], { env });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("is not empty")]);
  });

  test.each([
    [["db", "status", "--keep", "3"], "db status takes no --keep"],
    [["db", "export"], "<file> is missing"],
    [["db", "prune", "file"], "one argument too many"],
    [["db", "prune", "--older-than", "30"], "is not a duration"],
    [["db", "prune", "--keep", "-1"], "--keep"],
    [["db", "import", "nothing.ndjson"], "cannot be used"],
    [["db", "export", "-", "--json"], "the same stream"],
  ])("refuses %j", async (args, message) => {
    const project = new TemporaryProject(FLOWS);
    const refused = await project.run(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
  });
});
