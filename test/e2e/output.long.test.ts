import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const REPORT = `import { flow, task } from "millrace";

const days = task("days", ({ count }: { count: number }) =>
  Array.from({ length: count }, (_unused, day) => ({ at: new Date(day * 86_400_000), note: "x".repeat(100) })));
const half = task("half", ({ day }: { day: { at: Date } }) => day.at.getTime() / 2);
const title = task("title", () => "a report");
const quiet = task("quiet", () => undefined);
const broken = task("broken", ({ title }: { title: string }) => {
  throw new Error(title);
});

export const report = flow("report", () => {
  const all = days({ count: 2 });
  quiet();
  return { title: title(), days: all, halves: half.each(all, (day) => ({ day })) };
});

export const large = flow("large", () => days({ count: 2_000 }));

export const failing = flow("failing", () => broken({ title: title() }));
`;

test("what a run returned is shown in short at its end, and whole when asked for", async () => {
  const project = new TemporaryProject({ "flows/report.ts": REPORT });
  const ran = await project.run(["run", "report"]);
  const id = /[0-9A-Z]{26}/.exec(ran.stdout)?.[0] ?? "";
  expect(ran.stdout.trimEnd().split("\n").at(-1)).toMatch(
    new RegExp(`^  returned \\{ title: 'a report', days: \\[ .*…  millrace output ${id}$`),
  );

  const whole = await project.run(["output"]);
  const note = "x".repeat(100);
  const days = [
    { at: "1970-01-01T00:00:00.000Z", note },
    { at: "1970-01-02T00:00:00.000Z", note },
  ];
  const value = { title: "a report", days, halves: [0, 43_200_000] };
  expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(whole.stdout)).toEqual(value);

  expect((await project.run(["output", id, "title"])).stdout).toBe("a report\n");
  expect((await project.run(["output", id, "half[1]"])).stdout).toBe("43200000\n");
  expect((await project.run(["output", id, "half", "--json"])).records).toEqual([
    { type: "output", run: id, flow: "report", task: "half", state: "success", value: [0, 43_200_000] },
  ]);
  const silent = await project.run(["output", id, "quiet"]);
  expect(silent).toMatchObject({ code: 0, stdout: "", stderr: 'Task "quiet" returned nothing.\n' });
  const unknown = await project.run(["output", id, "titel"]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "title"?') });
});

test("a large value is left out of lines and records, and printed whole when asked for", async () => {
  const project = new TemporaryProject({ "flows/report.ts": REPORT });
  const ran = await project.run(["run", "large"]);
  expect(ran.stdout).toMatch(/\n {2}returned a large value {2}millrace output [0-9A-Z]{26}\n$/);
  expect(JSON.parse((await project.run(["output"])).stdout)).toHaveLength(2_000);
  const { records } = await project.run(["run", "large", "--json"]);
  expect(records.at(-1)).toMatchObject({ type: "run.finished", state: "success" });
  expect(records.at(-1)).not.toHaveProperty("output");
});

test("a run that failed has returned nothing, and says where its failure is explained", async () => {
  const project = new TemporaryProject({ "flows/report.ts": REPORT });
  const ran = await project.run(["run", "failing", "--json"]);
  const id = String(ran.records.at(-1)?.["run"]);
  const asked = await project.run(["output", "latest", "--json"]);
  expect(asked.code).toBe(1);
  expect(asked.records).toEqual([{ type: "output", run: id, flow: "failing", task: null, state: "failed" }]);
  expect(asked.stderr).toContain(`millrace why ${id}`);
  expect((await project.run(["output", id, "title"])).stdout).toBe("a report\n");
});
