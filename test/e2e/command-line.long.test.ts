// Options that no other test needs, each where its effect shows.
import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const FLOWS = `import { flow, group, task } from "millrace";
const one = task("one", () => 1);
const pair = group("pair", () => { one.named("b").after(one.named("a")())(); });
export default flow("first", () => { one.named("last").after(one())(); pair(); });
export const second = flow("second", () => { one(); });
`;

test("every command has help of its own, with its options", async () => {
  const project = new TemporaryProject();
  const { stdout } = await project.run(["--help"]);
  const section = /Commands\n([\s\S]*?)\n\n/.exec(stdout)?.[1] ?? "";
  const commands = section.split("\n").flatMap((line) => /^ {2}([a-z]+) {2}/.exec(line)?.[1] ?? []);
  expect(commands).toHaveLength(35);
  await Promise.all(
    commands.map(async (command) => {
      const help = await project.run([command, "--help"]);
      expect(help).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(`millrace ${command}:`) });
      expect(help.stdout).toContain("--project <dir>");
    }),
  );
});

test("a project is found by option and by variable, groups are run alone, and lists are cut and chosen", async () => {
  const project = new TemporaryProject({ "flows/flows.ts": FLOWS });
  const there = { cwd: "/", env: { FORCE_COLOR: "1", NO_COLOR: "" } };
  const group = await project.run(["run", "first", "--only", "pair", "--json", "--project", project.dir], there);
  const started = group.records.filter(({ type }) => type === "task.started").map(({ task }) => task);
  expect({ code: group.code, started }).toEqual({ code: 0, started: ["pair/a", "pair/b"] });
  const env = { ...there.env, MILLRACE_PROJECT: project.dir };
  for (const flow of ["second", "first"])
    expect((await project.run(["run", flow, "-q"], { cwd: "/", env })).code).toBe(0);

  const all = (await project.run(["runs", "--quiet"])).stdout.trim().split("\n");
  expect(all).toHaveLength(3);
  expect((await project.run(["runs", "--quiet", "--limit", "2"])).stdout.trim().split("\n")).toEqual(all.slice(0, 2));
  const chosen = await project.run(["runs", "--flow", "second", "--quiet"]);
  expect(chosen.stdout.trim()).toBe(all[1]);
  const [colour, plain] = await Promise.all([
    project.run(["runs"], { env }),
    project.run(["runs", "--no-color"], { env }),
  ]);
  expect(colour.stdout).toContain("\u001b[");
  expect(plain.stdout).not.toContain("\u001b[");
  expect(await project.run(["resume", String(all[0])])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("error RUN_FINISHED"),
  });
});
