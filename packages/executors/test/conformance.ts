import { type AttemptId, decode, type Executor, encode, type ItemPath, pointerText, type RunId } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive, pidsIn, Stand, type Surroundings } from "./stand.ts";

/**
 * What every executor keeps of the attempt protocol, wherever it runs attempts. `make` gives an executor that serves the
 * fixtures as its one version, and runs at least four attempts at once.
 */
export function describeExecutor(what: string, make: (surroundings: Surroundings) => Executor): void {
  describe(what, () => {
    let stand: Stand;

    beforeAll(async () => {
      stand = await Stand.open(make);
    });

    afterAll(() => stand.close());

    const get = (): Stand => stand;
    describe("what an attempt is given and gives", () => testValues(get));
    describe("what comes of it", () => testOutcomes(get));
    describe("errors", () => testErrors(get));
    describe("logs", () => testLogs(get));
    describe("secrets", () => testSecrets(get));
    describe("ends by force", () => testForce(get));
    describe("delivery", () => testDelivery(get));
  });
}

function testValues(stand: () => Stand): void {
  test("a value comes back as it went in", async () => {
    const value = { when: new Date(5), big: 12n, map: new Map([["k", new Set([1])]]), text: "ü".repeat(100) };
    expect(await stand().valueOf(await stand().run("echo", value))).toEqual(value);
    expect(await stand().valueOf(await stand().run("later", value))).toEqual(value);
  });

  test("a large input arrives as it was sent", async () => {
    const value = Array.from({ length: 100_000 }, (_, n) => `row ${n}`);
    const { outcome } = await stand().run("echo", { value });
    if (outcome.state !== "success" || outcome.output.kind !== "artifact") throw new Error("not spilled");
    expect(decode((await stand().artifacts.readAt(outcome.output.artifact, [])) ?? encode(null))).toEqual({ value });
  });

  test("nothing is nothing", async () => {
    expect((await stand().run("nothing")).outcome).toEqual({ state: "success", output: { kind: "none" } });
  });

  test("the context tells of the attempt", async () => {
    const ended = await stand().run(
      "context",
      {},
      {
        params: encode({ region: "eu" }),
        window: { startMs: 1000, endMs: 2000 },
        number: 2,
        maxAttempts: 4,
        item: "3.1" as ItemPath,
        label: "context[3.1]",
        resumed: {
          carry: encode([1n]),
          resumes: 2,
          decision: null,
          waitingSinceMs: 500,
          run: { id: "01OTHER" as RunId, state: "success", output: encode("done") },
        },
      },
    );
    expect(await stand().valueOf(ended)).toEqual({
      window: { start: new Date(1000), end: new Date(2000) },
      params: { region: "eu" },
      attempt: { id: expect.any(Number), number: 2, max: 4 },
      run: { id: "01RUN", flow: "probes" },
      task: { id: "context", label: "context[3.1]", item: "3.1", index: 1 },
      resumed: {
        carry: [1n],
        resumes: 2,
        decision: null,
        waitingSince: new Date(500),
        run: { id: "01OTHER", state: "success", output: "done" },
      },
      projectDir: stand().dir,
      file: expect.stringMatching(/fixtures\/files\/.*load\.sql$/),
    });
  });

  test("10 MB of output go to an artifact, and come in again by pointers", async () => {
    const length = 80_000;
    const ended = await stand().run("large", { length });
    if (ended.outcome.state !== "success" || ended.outcome.output.kind !== "artifact") throw new Error("not spilled");
    const { artifact, bytes } = ended.outcome.output;
    expect(bytes).toBeGreaterThan(9_000_000);
    expect(await stand().artifacts.listLength(artifact, [])).toBe(length);
    const input = `{"count":${pointerText(artifact, ["length"])},"last":${pointerText(artifact, [length - 1, "n"])}}`;
    const echoed = await stand().run("echo", {}, { input: input as typeof input & ReturnType<typeof encode> });
    expect(await stand().valueOf(echoed)).toEqual({ count: length, last: length - 1 });
  });
}

function testOutcomes(stand: () => Stand): void {
  test("what cannot be stored fails with the place, and is not tried again", async () => {
    const ended = await stand().run("function");
    expect(ended.outcome).toMatchObject({ state: "failed", retryable: false, error: { code: "OUTPUT_NOT_STORABLE" } });
    expect(JSON.stringify(ended.outcome)).toContain("deep[0]");
    expect((await stand().run("cyclic")).outcome).toMatchObject({ error: { code: "OUTPUT_NOT_STORABLE" } });
  });

  test("an attempt may give its worker back, and goes on with what it carried", async () => {
    const { outcome } = await stand().run("waits");
    expect(outcome).toMatchObject({ state: "yielded", until: { kind: "time", resumeAtMs: 5000 } });
    if (outcome.state !== "yielded") throw new Error("not yielded");
    const resumed = { carry: outcome.carry, resumes: 1, waitingSinceMs: 0, run: null, decision: null };
    expect(await stand().valueOf(await stand().run("waits", {}, { resumed }))).toEqual({ step: 1n });
    const forRun = (await stand().run("waits-for-run")).outcome;
    if (forRun.state !== "yielded" || forRun.until.kind !== "run") throw new Error("not waiting for a run");
    expect([forRun.until.flow, decode(forRun.until.params)]).toEqual(["other", { region: "eu" }]);
  });

  test("reports about data arrive before the end", async () => {
    const { reports } = await stand().run("reports");
    expect(reports.map((report) => (report.kind === "data" ? report.data : report.kind))).toEqual([
      "started",
      {
        kind: "materialization",
        asset: "orders",
        dataVersion: null,
        metadata: { rows: { type: "int", value: 3 }, note: { type: "text", value: "n" } },
      },
      { kind: "check", asset: null, check: "not empty", passed: true, severity: "error", metadata: {} },
      { kind: "custom", payload: { any: "thing" } },
      "ended",
    ]);
  });

  test("hooks run with their event, and give nothing", async () => {
    const event = { on: "failure", error: { message: "it broke" }, tries: 3 };
    const hook = { kind: "hook", on: "failure" } as const;
    const ended = await stand().run("hook", event, { flow: "hooked", node: -1, target: hook });
    expect(ended.lines.map(({ text }) => text)).toEqual(["failed: it broke"]);
    const success = { kind: "hook", on: "success" } as const;
    expect((await stand().run("hook", event, { flow: "hooked", node: -1, target: success })).outcome).toEqual({
      state: "success",
      output: { kind: "none" },
    });
    const retry = { kind: "hook", on: "retry" } as const;
    const again = await stand().run("hook", event, { flow: "hooked", node: 0, target: retry });
    expect(again.lines.map(({ text }) => text)).toEqual(["again after 3"]);
  });
}

function testErrors(stand: () => Stand): void {
  test("a throw fails the attempt with its class, its cause and what was said before", async () => {
    const { outcome, lines } = await stand().run("throws");
    expect(outcome).toMatchObject({
      state: "failed",
      retryable: true,
      retryAfterMs: null,
      error: { code: null, name: "TypeError", message: "thrown by a probe", cause: { message: "the cause" } },
    });
    expect(JSON.stringify(outcome)).toContain("probes.ts");
    expect(lines.map(({ text }) => text)).toEqual(["before the throw"]);
  });

  test("errors can say not to retry, or when", async () => {
    expect((await stand().run("never-again")).outcome).toMatchObject({ state: "failed", retryable: false });
    expect((await stand().run("after-a-while")).outcome).toMatchObject({ retryable: true, retryAfterMs: 5000 });
  });

  test("the author's condition is asked about the error itself", async () => {
    const hooked = { flow: "hooked", node: 0 };
    expect((await stand().run("picky", { kind: "type" }, hooked)).outcome).toMatchObject({ retryable: false });
    expect((await stand().run("picky", { kind: "none" }, hooked)).outcome).toMatchObject({ retryable: true });
  });

  test.each(["unhandled", "uncaught"])("an error that nobody caught fails the attempt: %s", async (probe) => {
    expect((await stand().run(probe)).outcome).toMatchObject({ state: "failed", error: { name: "RangeError" } });
    // And harms none that come after.
    expect((await stand().run("nothing")).outcome).toMatchObject({ state: "success" });
  });

  test("a connection that nobody declared is named", async () => {
    const { outcome } = await stand().run("connection");
    expect(outcome).toMatchObject({ state: "failed", retryable: false, error: { code: "MISSING_CONNECTION" } });
  });

  test("a module that throws at import fails its attempts, not others", async () => {
    const { outcome, lines } = await stand().run("broken", {}, { flow: "broken" });
    expect(outcome).toMatchObject({
      state: "failed",
      error: { code: "IMPORT_FAILED", cause: { message: "broken at import" } },
    });
    expect(lines.map(({ text }) => text)).toEqual(["importing a broken module"]);
    expect((await stand().run("nothing")).outcome).toMatchObject({ state: "success" });
  });

  test("a flow that its module does not hold, and one of no module, are said so", async () => {
    const missing = await stand().run("nothing", {}, { flow: "missing" });
    expect(missing.outcome).toMatchObject({ state: "failed", error: { code: "IMPORT_FAILED" } });
  });
}

function testLogs(stand: () => Stand): void {
  test("everything that is said is kept, in order for each source", async () => {
    const { lines } = await stand().run("says", { lines: 500 });
    const of = (source: string) => lines.filter((line) => line.source === source).map(({ text }) => text);
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    expect(of("logger")).toEqual(numbers.map((number) => `logger ${number}`));
    expect(of("console")).toEqual(numbers.map((number) => `console ${number}`));
    expect(of("stdout").filter((text) => text !== "from a child")).toEqual(numbers.map((number) => `stdout ${number}`));
    expect(of("stdout")).toContain("from a child");
    expect(of("stderr")).toEqual(numbers.map((number) => `raw ${number}`));
    expect(lines.find(({ text }) => text === "logger 3")).toMatchObject({ level: "info", data: { line: 3 } });
  });

  test("what goes through JavaScript is in order across sources", async () => {
    const { lines } = await stand().run("says", { lines: 50 });
    const through = lines.filter(({ source }) => source !== "stderr" && source !== "system").map(({ text }) => text);
    const expected = Array.from({ length: 50 }, (_, n) => [`logger ${n}`, `console ${n}`, `stdout ${n}`]).flat();
    expect(through.filter((text) => text !== "from a child")).toEqual(expected);
  });

  test("the console has levels, and its layout is kept", async () => {
    const { lines } = await stand().run("levels");
    const said = lines.map(({ level, text }) => [level, text]);
    expect(said.slice(0, 5)).toEqual([
      ["info", "log formatted"],
      ["info", "info"],
      ["debug", "debug"],
      ["warn", "warn"],
      ["error", "error"],
    ]);
    expect(said.some(([, text]) => text?.includes("│ 0"))).toBe(true);
    expect(said.slice(-3)).toEqual([
      ["info", "group"],
      ["info", "  two"],
      ["info", "  lines"],
    ]);
  });

  test("a very long line is cut and says so; the next is whole", async () => {
    const { lines } = await stand().run("long-line", { length: 5_000_000 });
    expect(lines).toHaveLength(2);
    expect(lines[0]?.text.length).toBeLessThan(70_000);
    expect(lines[0]?.text).toContain("cut");
    expect(lines[1]?.text).toBe("next");
  });

  test("the last words before an exit and a crash are kept", async () => {
    const exited = await stand().run("exits");
    expect(exited.lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["before the exit", "half a line", expect.stringContaining("exit code 3")]),
    );
    const crashed = await stand().run("crashes");
    expect(crashed.lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["before the crash", "written past JavaScript", expect.stringContaining("SIGKILL")]),
    );
  });
}

function testSecrets(stand: () => Stand): void {
  test("secrets are masked wherever they appear, in the error too", async () => {
    const value = "s3cr3t/with+signs&more";
    const ended = await stand().run("secret", { value });
    expect(ended.lines.map(({ text }) => text).sort()).toEqual(["***", "raw ***", "the key is ***."]);
    expect(JSON.stringify([ended.lines, ended.outcome])).not.toContain(value);
    expect(ended.outcome).toMatchObject({ error: { message: "refused: ***" } });
  });

  test.each(["plain", "base64", "json", "key", "bytes", "large", "carry", "params"])(
    "a secret that was asked for is not handed on: %s",
    async (how) => {
      const { outcome, reports } = await stand().run("hands-on", { how });
      expect(outcome).toMatchObject({
        state: "failed",
        retryable: false,
        error: { code: "SECRET_IN_OUTPUT", message: expect.stringContaining('the secret "shop-token"') },
      });
      expect(JSON.stringify(reports)).not.toContain("value of shop-token");
      expect(await stand().drafts()).toEqual([]);
    },
  );

  test("what was made with a secret and does not hold it is handed on", async () => {
    expect(await stand().valueOf(await stand().run("hands-on", { how: "nothing" }))).toBe(19);
  });
}

function testForce(stand: () => Stand): void {
  test("a process that exits or dies by itself loses the attempt and spends its crash budget", async () => {
    const exited = (await stand().run("exits")).outcome;
    expect(exited).toMatchObject({ state: "lost", spendsCrashBudget: true, error: { code: "PROCESS_DIED" } });
    expect(JSON.stringify(exited)).toContain("exit code 3");
    const crashed = (await stand().run("crashes")).outcome;
    expect(crashed).toMatchObject({ state: "lost", spendsCrashBudget: true, error: { code: "PROCESS_DIED" } });
  });

  test("cancel tells the author's code first, and takes what it says into the log", async () => {
    const running = stand().start("aborts");
    await running.says("ready");
    stand().executor.cancelAttempt(running.id, "cancelled");
    const ended = await running.ended;
    expect(ended.outcome).toEqual({ state: "cancelled" });
    expect(ended.lines.map(({ text }) => text)).toEqual(["ready", "Cancelled.", "aborted"]);
  });

  test("cancel means dead: the deaf, the grandchildren, those in sessions of their own", async () => {
    const file = stand().newFile();
    const running = stand().start("stubborn", { file }, { graceMs: 200 });
    await running.says("ready");
    const pids = await pidsIn(file);
    expect(pids.map(isAlive)).toEqual([true, true, true, true]);
    stand().executor.cancelAttempt(running.id, "cancelled");
    expect((await running.ended).outcome).toEqual({ state: "cancelled" });
    expect(pids.map(isAlive)).toEqual([false, false, false, false]);
  });

  test("a timeout ends a busy loop, with the figure", async () => {
    const file = stand().newFile();
    const { outcome } = await stand().run("busy", { file }, { timeoutMs: 300, graceMs: 100 });
    expect(outcome).toMatchObject({ state: "timed_out", error: { code: "TIMEOUT" } });
    expect(JSON.stringify(outcome)).toContain("300 ms");
    expect((await pidsIn(file)).map(isAlive)).toEqual([false]);
  });

  test("an attempt that started processes has ended when they are gone", async () => {
    const file = stand().newFile();
    const ended = await stand().run("leaves-processes", { file });
    expect(ended.outcome).toMatchObject({ state: "success" });
    expect((await pidsIn(file)).map(isAlive)).toEqual([false, false]);
    const died = stand().newFile();
    expect((await stand().run("dies", { file: died })).outcome).toMatchObject({ state: "lost" });
    expect((await pidsIn(died)).map(isAlive)).toEqual([false]);
  });

  test("memory over the limit fails the attempt with the figure, for good", async () => {
    const { outcome } = await stand().run("memory", { megabytes: 600 }, { memoryBytes: 200 * 1024 * 1024 });
    expect(outcome).toMatchObject({ state: "failed", retryable: false, error: { code: "MEMORY_LIMIT" } });
    expect(JSON.stringify(outcome)).toMatch(/held \d+(\.\d+)? MiB .*limit is 200.0 MiB/);
  });

  test("an attempt that still waits is cancelled without having run", async () => {
    const { executor } = stand();
    const blockers = Array.from({ length: executor.capacity }, () => stand().start("hangs", {}, { graceMs: 0 }));
    await Promise.all(blockers.map((blocker) => blocker.says("ready")));
    const waiting = stand().start("echo");
    executor.cancelAttempt(waiting.id, "cancelled");
    expect((await waiting.ended).outcome).toEqual({ state: "cancelled" });
    for (const { id } of blockers) executor.cancelAttempt(id, "timed_out");
    const outcomes = (await Promise.all(blockers.map(({ ended }) => ended))).map(({ outcome }) => outcome.state);
    expect(new Set(outcomes)).toEqual(new Set(["timed_out"]));
  });
}

function testDelivery(stand: () => Stand): void {
  test("starting twice is starting once, and an attempt that runs for a while is reported as started", async () => {
    const order = stand().order("hangs", {}, { graceMs: 0 });
    const { executor, reports } = stand();
    executor.startAttempt(order);
    executor.startAttempt(order);
    const running = stand().start("hangs", {}, { graceMs: 0 });
    expect(await running.reports("started")).toMatchObject({ epoch: 7, pid: expect.any(Number) });
    await running.says("ready");
    expect(executor.alive()).toEqual(expect.arrayContaining([order.attempt, running.id]));
    executor.cancelAttempt(order.attempt, "cancelled");
    executor.cancelAttempt(running.id, "cancelled");
    await running.ended;
    executor.cancelAttempt(running.id, "cancelled");
    executor.cancelAttempt(999_999 as AttemptId, "cancelled");
    await stand().run("nothing");
    expect(
      reports.filter((report) => report.attempt === order.attempt && report.kind === "started").length,
    ).toBeLessThan(2);
  });

  test("an end is told again until it is acknowledged, and when the attempt is started again", async () => {
    stand().acknowledges = false;
    const order = stand().order("nothing");
    const heard = (): number => stand().reports.filter(({ attempt }) => attempt === order.attempt).length;
    const { executor } = stand();
    executor.startAttempt(order);
    while (heard() < 1) await stand().run("nothing");
    expect(executor.alive()).toContain(order.attempt);
    executor.startAttempt(order);
    expect(heard()).toBe(2);
    while (heard() < 3) await stand().run("later");
    executor.acknowledge(order.attempt, "recorded");
    stand().acknowledges = true;
    for (const id of executor.alive()) executor.acknowledge(id, "recorded");
    expect(executor.alive()).toEqual([]);
  });
}
