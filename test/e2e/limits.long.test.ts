// What holds runs and tasks back, what ends them, and what is left of them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

function ofType(records: readonly CliRecord[], type: string): readonly CliRecord[] {
  return records.filter((record) => record.type === type);
}

const HELD = `import { flow, task, when } from "millrace";
import { writeFileSync } from "node:fs";
import { z } from "zod";
const hang = (name: string) => new Promise<void>((_resolve, reject) => {
  setInterval(() => {}, 1_000);
  writeFileSync(name, String(process.pid));
});
const quick = task("quick", () => 1);
const holder = task("holder", { pool: "one", grace: 1 }, () => hang("held"));
const blocked = task("blocked", { pool: "one", priority: -1 }, () => 1);
const later = task("later", { retries: { limit: 1, delay: "1h" } }, () => { throw new Error("come back"); });
const single = task("single", { concurrency: 1, grace: 1 }, () => hang("single"));
export default flow(
  "held",
  {
    params: z.object({ tenant: z.string(), hold: z.boolean().default(false) }),
    concurrency: { key: ({ tenant }) => tenant },
  },
  ({ params }) => {
    quick();
    when(params.hold, () => {
      quick.named("after").after(holder())();
      blocked();
      later();
      single.each([1, 2], () => ({}));
    });
  },
);
`;
const ONE = `import { defineConfig } from "millrace";
export default defineConfig({ workers: 8, pools: { one: 1 } });
`;

describe("limits", () => {
  test("hold tasks and runs back, why says by what, and cancelling lets the next one in", async () => {
    const project = new TemporaryProject({ "flows/held.ts": HELD, "millrace.config.ts": ONE });
    const first = project.start(["run", "held", "-p", "tenant=a", "-p", "hold=true", "--json"]);
    await first.untilRecord(({ type, task }) => type === "task.retrying" && task === "later");
    const { run } = await first.untilRecord(({ type, task }) => type === "task.started" && task === "single[0]");
    const second = project.start(["run", "held", "-p", "tenant=a", "--json"]);
    const { run: waiting } = await second.untilRecord(({ type }) => type === "run.queued");
    const other = await project.run(["run", "held", "-p", "tenant=b", "--json"]);
    expect(other.records.at(-1)).toMatchObject({ state: "success", tasks: { success: 1 } });

    const why = await project.run(["why", String(run), "--json"]);
    const reasons = Object.fromEntries(ofType(why.records, "waiting").map(({ task, reason }) => [task, reason]));
    expect(reasons).toEqual({
      when: "the arm then is running",
      holder: expect.stringMatching(/^runs for .+, attempt 1$/),
      after: "waits for holder (running)",
      blocked: "waits for a slot: 1 of 1 of the pool one are taken, by holder",
      later: expect.stringMatching(/^tries again in \d+m \d\ds, after: come back$/),
      single: "0 of 2 items have ended",
      "single[0]": expect.stringMatching(/^runs for/),
      "single[1]": "waits for a slot: 1 of 1 of the concurrency of held/single[] are taken, by single[0]",
    });
    expect((await project.run(["why", String(waiting)])).stdout).toContain(String(run));
    expect(await project.run(["cancel", String(run)])).toMatchObject({ code: 0 });
    expect(await first.ended).toMatchObject({ code: 1 });
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  test("priorities say who goes first, isolation gives a fresh process, and a flow's timeout ends its run", async () => {
    const flow = `import { flow, task } from "millrace";
const hang = task("hang", { grace: 1 }, () => new Promise((resolve) => setTimeout(resolve, 60_000)));
const count = task("count", () => {
  (globalThis as any).times = ((globalThis as any).times ?? 0) + 1;
  console.log("here for the", (globalThis as any).times);
});
export default flow("ordered", () => {
  const low = count.named("low").with({ priority: -1 })();
  const high = count.named("high").with({ priority: 1 })();
  count.named("fresh").after(low, high).with({ isolation: "process" })();
});
export const timed = flow("timed", { timeout: "300ms" }, () => { count.after(hang())(); });
`;
    const project = new TemporaryProject({ "flows/timed.ts": flow });
    const { code, records } = await project.run(["run", "ordered", "--workers", "1", "--json"]);
    expect(code).toBe(0);
    expect(ofType(records, "task.started").map(({ task }) => task)).toEqual(["high", "low", "fresh"]);
    const logs = await project.run(["logs", "latest", "--json", "--level", "info"]);
    const said = logs.records
      .filter(({ source }) => source === "console")
      .map(({ task, text }) => [task, text].join(" "));
    expect(said).toEqual(["high here for the 1", "low here for the 2", "fresh here for the 1"]);
    const timed = await project.run(["run", "timed", "--json"]);
    expect(timed.code).toBe(1);
    expect(timed.records.at(-1)).toMatchObject({
      state: "failed",
      error: { code: "RUN_TIMEOUT" },
      tasks: { cancelled: 1, success: 0 },
    });
  });
});

const HARD = `import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { flow, NonRetryableError, RetryAfterError, task } from "millrace";
const endless = task("endless", { timeout: "500ms", grace: 1 }, () => {
  const sleeper = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  writeFileSync("pids", process.pid + " " + sleeper.pid);
  for (;;);
});
const total = task("total", { totalTimeout: "300ms", retries: { limit: 1_000, delay: "20ms" } }, () => { throw new Error("again"); });
const big = task("big", { memory: "300MiB" }, () => {
  const held: Buffer[] = [];
  for (;;) held.push(Buffer.alloc(10_000_000, 1));
});
const die = () => { process.kill(process.pid, "SIGKILL"); for (;;); };
const poison = task("poison", die);
const once = task("once", { onLost: "fail" }, die);
const never = task("never", { retries: 5 }, () => { throw new NonRetryableError("never again"); });
const picky = task("picky", { retries: { limit: 5, when: (error) => (error as Error).message !== "no" } }, () => { throw new Error("no"); });
const soon = task("soon", { retries: { limit: 1, delay: "1h" } }, (_: undefined, { attempt }) => {
  if (attempt.number === 1) throw new RetryAfterError("busy", 5);
  return "done";
});
const large = task("large", () => ({ text: "ü".repeat(200_000), rest: 1 }));
const measure = task("measure", ({ text }: { text: string }) => console.log("measured", text.length));
const say = task("say", (_: undefined, { log }) => {
  console.log("by the console");
  console.error("an error by the console");
  process.stdout.write("by stdout\\n");
  execFileSync("sh", ["-c", "echo by a child; echo loudly by a child >&2"], { stdio: "inherit" });
  log.debug("by the logger", { n: 1 });
});
export default flow("hard", () => {
  for (const one of [endless, total, big, poison, once, never, picky, soon, say]) one();
  measure({ text: large().text });
});
`;

interface TaskRecord {
  readonly task: string;
  readonly attempts: number;
  readonly error: { readonly code: string | null; readonly message: string } | null;
}

function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
}

describe("what tasks do to their process", () => {
  test("stays with them: time, memory, death, leftovers, large outputs, and all that is said", async () => {
    const project = new TemporaryProject({ "flows/hard.ts": HARD, "millrace.config.ts": ONE });
    const { code, records } = await project.run(["run", "hard", "--json"]);
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ failures: expect.objectContaining({ length: 5 }), moreFailures: 2 });
    const finished = ofType(records, "task.finished") as unknown as readonly TaskRecord[];
    const errors = new Map(finished.flatMap(({ task, error }) => (error === null ? [] : [[task, error] as const])));
    expect(Object.fromEntries([...errors].map(([task, { code }]) => [task, code]))).toEqual({
      endless: "TIMEOUT",
      total: "TIMEOUT",
      big: "MEMORY_LIMIT",
      poison: "POISON",
      once: "PROCESS_DIED",
      never: null,
      picky: null,
    });
    expect(errors.get("big")?.message).toMatch(/\d+ MiB/);
    const attempts = Object.fromEntries(finished.map(({ task, attempts }) => [task, attempts]));
    expect(attempts).toMatchObject({ endless: 1, poison: 3, once: 1, never: 1, picky: 1, soon: 2, measure: 1 });
    for (const pid of readFileSync(project.path("pids"), "utf8").split(" ")) expect(isAlive(Number(pid))).toBe(false);
    const spilled = readdirSync(project.path(".millrace/artifacts"), { recursive: true, encoding: "utf8" });
    expect(spilled.filter((file) => /[0-9a-f]{64}$/.test(file))).toHaveLength(1);
    const logs = await project.run(["logs", "latest", "--json"]);
    const said = logs.records.map(({ task, level, source, text }) => [task, level, source, text].join(" "));
    expect(said).toEqual(
      expect.arrayContaining([
        "say info console by the console",
        "say error console an error by the console",
        "say info stdout by stdout",
        "say info stdout by a child",
        "say warn stderr loudly by a child",
        "say debug logger by the logger",
        "measure info console measured 200000",
        "big warn system Over its memory limit: killed.",
        "endless warn system Out of time: told to stop.",
      ]),
    );
  });
});

describe("when nothing more can be written", () => {
  test("the run stops with exit code 3, and what was acknowledged is not done again", async () => {
    const flow = `import { appendFileSync } from "node:fs";
import { flow, task } from "millrace";
const fat = task("fat", ({ n }: { n: number }) => {
  appendFileSync("ran", n + "\\n");
  return String(n).padEnd(60_000, "-");
});
const count = task("count", ({ all }: { all: string[] }) => { if (all.length !== 40) throw new Error("some are missing"); });
export default flow("fat", () => {
  count({ all: fat.each(Array.from({ length: 40 }, (_unused, n) => n), (n) => ({ n })) });
});
`;
    const project = new TemporaryProject({ "flows/fat.ts": flow });
    const full = await project.run(["run", "fat", "--json"], { largestFileKiB: 1_000 });
    expect(full.code).toBe(3);
    expect(full.records.at(-1)).toMatchObject({ type: "error", exitCode: 3, error: { hint: expect.any(String) } });
    const done = ofType(full.records, "task.finished").map(({ item }) => item);
    expect(done.length).toBeGreaterThan(0);
    const { code, records } = await project.run(["resume", "--json"]);
    expect(code).toBe(0);
    expect(records.at(-1)).toMatchObject({ state: "success", tasks: { success: 41 } });
    const ran = readFileSync(project.path("ran"), "utf8").trim().split("\n");
    expect(done.filter((item) => ran.filter((line) => line === item).length !== 1)).toEqual([]);
    expect(new Set(ran).size).toBe(40);
  });
});
