import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

/**
 * `first` notes that it ran; `gate` notes its process and goes on once the file `go` is there; `last` follows. What is
 * noted shows how often each ran.
 */
const GATED = `import { flow, task } from "millrace";
import { appendFileSync, existsSync, watch } from "node:fs";

const first = task("first", (): number => {
  appendFileSync("ran", "first\\n");
  return 1;
});
const gate = task("gate", { grace: "30s" }, async ({ n }: { n: number }, { log, signal }): Promise<number> => {
  log.info("at the gate");
  appendFileSync("ran", "gate\\n");
  const opened = new Promise<void>((resolve, reject) => {
    const watcher = watch(".", () => {
      if (!existsSync("go")) return;
      watcher.close();
      resolve();
    });
    if (!existsSync("stubborn")) signal.addEventListener("abort", () => reject(signal.reason));
  });
  appendFileSync("pids", \`\${process.pid}\\n\`);
  if (!existsSync("go")) await opened;
  return n + 1;
});
const last = task("last", ({ n }: { n: number }) => {
  appendFileSync("ran", \`last \${n}\\n\`);
});
export default flow("gated", () => {
  last({ n: gate({ n: first() }) });
});
`;

function gatedProject(files: Readonly<Record<string, string>> = {}): TemporaryProject {
  return new TemporaryProject({ "flows/gated.ts": GATED, ...files });
}

function ran(project: TemporaryProject): string[] {
  return readFileSync(project.path("ran"), "utf8").trim().split("\n");
}

/** Whether a process lives. One that is dead and whose parent has not noticed (a zombie) does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
}

describe("interrupting a run", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("by %s cancels it, kills its tasks, and exits with 130", async (signal) => {
    const project = gatedProject();
    const running = project.start(["run", "gated", "--json"]);
    const pid = Number(await project.untilFile("pids"));
    running.child.kill(signal);
    const { code, records } = await running.ended;
    expect(code).toBe(130);
    expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "cancelled", tasks: { success: 1 } });
    expect(isAlive(pid)).toBe(false);
    expect(ran(project)).toEqual(["first", "gate"]);
    expect((await project.run(["resume"])).stdout).toBe("Nothing to resume: every run has ended.\n");
  });

  test("twice leaves at once, and what was asked for is done later", async () => {
    const project = gatedProject({ stubborn: "yes" });
    const running = project.start(["run", "gated"]);
    await project.untilFile("pids");
    running.child.kill("SIGINT");
    await running.untilLine(/cancelling; Ctrl-C again leaves at once/);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130 });
    const { records } = await project.run(["resume", "--json"]);
    expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "cancelled" });
  });
});

describe("killing a run with -9 loses nothing", () => {
  test("resume carries on from where it was, on the code it was made with", async () => {
    const project = gatedProject();
    const running = project.start(["run", "gated"]);
    const pid = Number(await project.untilFile("pids"));
    running.child.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ signal: "SIGKILL" });
    project.write("flows/gated.ts", "export default 'something else';\n");
    project.write("go", "");
    const { code, records } = await project.run(["resume", "--json"]);
    expect(code).toBe(0);
    expect(records.at(0)).toMatchObject({ type: "run.resumed", flow: "gated" });
    expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "success", tasks: { success: 3 } });
    expect(ran(project)).toEqual(["first", "gate", "gate", "last 2"]);
    expect(isAlive(pid)).toBe(false);
  });

  test("and resume itself can be interrupted: the run stays for later", async () => {
    const project = gatedProject();
    const killed = project.start(["run", "gated"]);
    await project.untilFile("pids");
    killed.child.kill("SIGKILL");
    await killed.ended;
    const resumed = project.start(["resume", "--json"]);
    await resumed.untilRecord(({ type, task }) => type === "task.started" && task === "gate");
    resumed.child.kill("SIGINT");
    expect(await resumed.ended).toMatchObject({ code: 130 });
    expect((await project.run(["runs", "--json"])).records).toMatchObject([{ state: "running" }]);
    project.write("go", "");
    const { code, records } = await project.run(["resume", "--json"]);
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject({ state: "success" });
    expect(ran(project).filter((line) => line === "first")).toHaveLength(1);
  });

  test("and so does the next run, beside its own", async () => {
    const project = gatedProject();
    const killed = project.start(["run", "gated"]);
    await project.untilFile("pids");
    killed.child.kill("SIGKILL");
    await killed.ended;
    project.write("go", "");
    const { code, stdout } = await project.run(["run", "gated"]);
    expect(code).toBe(0);
    expect(stdout).toContain("resuming 1 unfinished run\n");
    const { records } = await project.run(["runs", "--json"]);
    expect(records.map(({ state }) => state)).toEqual(["success", "success"]);
    expect(ran(project).filter((line) => line === "first")).toHaveLength(2);
  });
});

describe("two processes on one project", () => {
  test("the second hands its run to the first and watches it", async () => {
    const quick = `import { flow, task } from "millrace";
const say = task("say", () => "hello");
export default flow("quick", () => { say(); });`;
    const project = gatedProject({ "flows/quick.ts": quick });
    const running = project.start(["run", "gated", "--json"]);
    await project.untilFile("pids");
    const { code, records } = await project.run(["run", "quick", "--json"]);
    expect(code).toBe(0);
    expect(records.map(({ type }) => type)).toEqual([
      "run.queued",
      "run.started",
      "task.started",
      "task.finished",
      "run.finished",
    ]);
    project.write("go", "");
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test("cancel from another one ends the run, and there is nothing left to cancel", async () => {
    const project = gatedProject();
    const running = project.start(["run", "gated", "--json"]);
    const { run } = await running.untilRecord(({ type }) => type === "run.started");
    const pid = Number(await project.untilFile("pids"));
    const cancelled = await project.run(["cancel", String(run)]);
    expect(cancelled).toMatchObject({ code: 0, stdout: `cancelled gated ${String(run)}\n` });
    const { code, records } = await running.ended;
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ state: "cancelled" });
    expect(isAlive(pid)).toBe(false);
    const again = await project.run(["cancel", String(run)]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("error RUN_FINISHED") });
  });

  test("logs --follow shows lines as they come, and ends with the run; why says what waits", async () => {
    const project = gatedProject();
    const running = project.start(["run", "gated"]);
    await project.untilFile("pids");
    const following = project.start(["logs", "latest", "--follow", "--json"]);
    await following.untilRecord(({ text }) => text === "at the gate");
    const why = await project.run(["why", "latest", "--json"]);
    expect(why.records).toContainEqual(expect.objectContaining({ type: "waiting", task: "last" }));
    project.write("go", "");
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await following.ended).toMatchObject({ code: 0 });
  });
});
