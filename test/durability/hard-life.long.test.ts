// What else happens to a run, besides being killed: its reader leaves, its folder goes, its request is left lying.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import process from "node:process";
import { type CommandId, encode } from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { describe, expect, test } from "vitest";
import { TemporaryProject } from "../e2e/temporary-project.ts";
import { MILLRACE } from "../setup/installed.ts";

/** `gate` goes on once the file `go` is there; `last` follows. */
const GATED = `import { flow, task } from "millrace";
import { existsSync, watch, writeFileSync } from "node:fs";

const gate = task("gate", async () => {
  await new Promise<void>((resolve) => {
    const look = () => existsSync("go") && resolve();
    watch(".", look);
    writeFileSync("waiting", String(process.pid));
    look();
  });
});
const last = task("last", () => "done");
export default flow("gated", () => { last.after(gate())(); });
`;
const QUICK = `import { flow, task } from "millrace";
export default flow("quick", () => { task("say", () => "hello")(); });
`;

function project(): TemporaryProject {
  return new TemporaryProject({ "flows/gated.ts": GATED, "flows/quick.ts": QUICK });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a run whose reader has left", () => {
  test.each([
    ["in plain text", []],
    ["in records", ["--json"]],
  ])("goes on to its end, %s", async (_, options) => {
    const place = project();
    const running = place.start(["run", "gated", ...options]);
    await place.untilFile("waiting");
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    place.write("go", "");
    expect(await running.ended).toMatchObject({ code: 0 });
    const { records } = await place.run(["runs", "--json"]);
    expect(records).toMatchObject([{ flow: "gated", state: "success" }]);
  });
});

describe("a run that was asked for, and whose asker died before it was made", () => {
  /** What a process leaves that is killed between its request and the answer. */
  async function leaveRequest(place: TemporaryProject): Promise<void> {
    // Stores the version that the request is for.
    await place.run(["run", "quick"]);
    const store = await openSqliteStore({ path: place.path(".millrace/millrace.db") });
    await store.insertCommand({
      id: "left-behind" as CommandId,
      actor: "somebody",
      createdAtMs: 0,
      command: {
        kind: "request_run",
        flow: "quick",
        params: encode({}),
        window: null,
        version: (await store.activeVersion()) ?? null,
        selection: null,
        idempotencyKey: null,
      },
    });
    await store.close();
  }

  test.each([
    ["resume", ["resume"]],
    ["the next run", ["run", "quick"]],
  ])("is made by %s", async (_, args) => {
    const place = project();
    await leaveRequest(place);
    const { code, records } = await place.run([...args, "--json"]);
    expect(code).toBe(0);
    const made = args[0] === "run" ? 2 : 1;
    expect(records.filter(({ type }) => type === "run.finished")).toHaveLength(made);
    const { records: runs } = await place.run(["runs", "--json"]);
    expect(runs.map(({ state }) => state)).toEqual(Array.from({ length: 1 + made }, () => "success"));
    expect((await place.run(["resume"])).stdout).toBe("Nothing to resume: every run has ended.\n");
  });
});

describe("a flow file that never comes to its end", () => {
  test("does not outlive the command that loads it", async () => {
    const endless =
      'import { writeFileSync } from "node:fs";\nwriteFileSync("loading", String(process.pid));\nwhile (true);\n';
    const place = new TemporaryProject({ "flows/endless.ts": endless });
    const running = place.start(["check"]);
    const pid = Number(await place.untilFile("loading"));
    running.child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
    await running.ended;
  });
});

describe("a folder that goes away", () => {
  test("ends the run with an error, however quiet it is, and kills what runs", async () => {
    const place = project();
    const running = place.start(["run", "gated", "--json"]);
    const pid = Number(await place.untilFile("waiting"));
    rmSync(place.path(".millrace"), { recursive: true });
    const { code, records, stderr } = await running.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/error STORE_FAILED: .*millrace\.db was removed or replaced while it was in use/);
    expect(records.at(-1)).toMatchObject({ type: "error", error: { code: "STORE_FAILED" } });
    expect(isAlive(pid)).toBe(false);
  });

  test("before the command begins is told as it is", async () => {
    const place = project();
    const gone = place.path("gone");
    mkdirSync(gone);
    const command = [...MILLRACE, "run", "quick"];
    const script = 'rmdir "$1"; shift; exec "$@"';
    const { status, stderr } = spawnSync("sh", ["-c", script, "sh", gone, ...command], { cwd: gone, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("error NO_PROJECT: The working directory does not exist any more.");
  });
});

describe("two processes on one project", () => {
  test("when the first is killed, the second takes over and ends both runs", async () => {
    const place = project();
    const first = place.start(["run", "gated", "--json"]);
    await first.untilRecord(({ type }) => type === "run.started");
    await place.untilFile("waiting");
    const second = place.start(["run", "gated", "--json"]);
    await second.untilRecord(({ type }) => type === "run.started");
    first.child.kill("SIGKILL");
    expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
    place.write("go", "");
    expect(await second.ended).toMatchObject({ code: 0 });
    expect((await place.run(["resume", "--json"])).code).toBe(0);
    const { records } = await place.run(["runs", "--json"]);
    expect(records.map(({ state }) => state)).toEqual(["success", "success"]);
  });
});
