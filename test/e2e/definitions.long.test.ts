import { spawn } from "node:child_process";
import { once } from "node:events";
import { createMark } from "@millrace/executors";
import { describe, expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const DAILY = `import { flow, task } from "millrace";
import { z } from "zod";

const extract = task("extract", { retries: 3, timeout: "10m" }, ({ region }: { region: string }): number[] => [region.length]);
const clean = task("clean", ({ order }: { order: number }) => order * 2);
const load = task("load", ({ orders }: { orders: number[] }) => orders.length);

export default flow(
  "daily-orders",
  { description: "Loads the orders of a day", params: z.object({ region: z.enum(["eu", "us"]).default("eu") }) },
  ({ params }) => {
    const orders = extract({ region: params.region });
    const cleaned = clean.each(orders, (order) => ({ order }));
    load({ orders: cleaned });
  },
);
`;

const TWICE = `import { flow, task } from "millrace";
const load = task("load", () => 1);
export default flow("weekly", () => {
  load();
  load();
});
`;

describe("list and show", () => {
  test("list names the flows, quietly one a line, and as records", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    const plain = await project.run(["list"]);
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    expect(plain.stdout).toMatch(/daily-orders +3 +Loads the orders of a day/);
    expect((await project.run(["list", "--quiet"])).stdout).toBe("daily-orders\n");
    const { records } = await project.run(["list", "--json"]);
    expect(records).toMatchObject([{ type: "flow", name: "daily-orders", place: { file: "flows/daily.ts" } }]);
  });

  test("show draws the graph with maps and policies", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    const { code, stdout, stderr } = await project.run(["show", "daily-orders"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("daily-orders  Loads the orders of a day");
    expect(stdout).toContain('region: "eu" | "us" = "eu"');
    expect(stdout).toMatch(/├─ extract {2}function {2}retries 3, timeout 10m 00s/);
    expect(stdout).toMatch(/├─ clean {2}map of function {2}← extract/);
    expect(stdout).toMatch(/└─ load {2}function {2}← clean/);
    const { records } = await project.run(["show", "daily-orders", "--json"]);
    expect(records).toMatchObject([{ type: "flow", spec: { name: "daily-orders" } }]);
  });

  test("an unknown flow is refused with the one that was meant", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    const { code, stdout, stderr } = await project.run(["show", "dayly-orders"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      'error UNKNOWN_FLOW: There is no flow "dayly-orders" in this project.\n  hint: Did you mean "daily-orders"?\n',
    );
  });

  test("a folder without a project is refused", async () => {
    const project = new TemporaryProject();
    const { code, stderr } = await project.run(["list"], { cwd: "/" });
    expect(code).toBe(2);
    expect(stderr).toContain("error NO_PROJECT:");
    expect(stderr).toContain("millrace init");
  });
});

describe("check", () => {
  test("of a sound project says what it found, and exits with 0", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    const { code, stdout, stderr } = await project.run(["check"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "✓ 1 flow, 3 tasks\n", stderr: "" });
  });

  test("shows errors with their place and source, keeps the other flows, and exits with 1", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY, "flows/weekly.ts": TWICE });
    const { code, stdout } = await project.run(["check"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^flows\/weekly\.ts:5:\d+ error DUPLICATE_TASK:/m);
    expect(stdout).toMatch(/> 5 \| +load\(\);/);
    expect(stdout).toContain("✗ 1 error (usable: 1 flow, 3 tasks)");
    const { records } = await project.run(["check", "--json"]);
    expect(records.at(0)).toMatchObject({
      type: "diagnostic",
      code: "DUPLICATE_TASK",
      file: "flows/weekly.ts",
      line: 5,
    });
    expect(records.at(-1)).toEqual({ type: "check.finished", ok: false, errors: 1, warnings: 0, flows: 1, tasks: 3 });
    const listed = await project.run(["list", "--quiet"]);
    expect(listed.stdout).toBe("daily-orders\n");
    expect(listed.stderr).toContain("1 error in the project");
  });
});

describe("doctor", () => {
  test("of a sound project finds nothing broken", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    const { code, records } = await project.run(["doctor", "--json"], { env: { MILLRACE_PORT: "0" } });
    expect(code).toBe(0);
    expect(records.map(({ what }) => what)).toEqual([
      "node",
      "project",
      "disk",
      "flows",
      "processes",
      "database",
      "port",
      "python",
    ]);
    expect(records.filter(({ verdict }) => verdict === "broken")).toEqual([]);
  });

  test("finds processes of a Millrace that is gone", async () => {
    const project = new TemporaryProject({ "flows/daily.ts": DAILY });
    // As an executor of the project would have marked it, whose own process is none that lives.
    const MILLRACE_EXECUTOR = createMark(project.dir).replace(/:.*$/, ":999999999-1-1/1");
    const left = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
      env: { ...process.env, MILLRACE_EXECUTOR },
    });
    try {
      const { code, stdout } = await project.run(["doctor"]);
      expect(code).toBe(0);
      expect(stdout).toContain(`! processes left behind by a Millrace that is gone: ${left.pid}\n`);
    } finally {
      left.kill();
      await once(left, "exit");
    }
  });

  test("finds what is broken, and exits with 1", async () => {
    const project = new TemporaryProject({ "flows/weekly.ts": TWICE });
    project.write(".millrace/millrace.db", "this is no database, whatever its name says ".repeat(100));
    const { code, stdout } = await project.run(["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ flows +0 usable flows, 1 error/);
    expect(stdout).toMatch(/✗ database +cannot be read/);
  });
});
