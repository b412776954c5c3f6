// `millrace dev` as a process, with somebody who writes flows beside it.
import { connect } from "@millrace/client";
import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

function flowFile(tasks: readonly string[]): string {
  const made = tasks.map((name) => `  task("${name}", () => words(1))();`).join("\n");
  return `import { flow, task } from "millrace";
import { words } from "../lib/words.ts";
export default flow("work", () => {
${made}
});
`;
}

test("dev reads saved sources again, keeps the last good version, and is one for each project", async () => {
  const project = new TemporaryProject({
    "flows/work.ts": flowFile(["one"]),
    "lib/words.ts": "export const words = (n: number) => n;\n",
  });
  const first = project.start(["dev", "--port", "0", "--json"]);
  const ready = await first.untilRecord(({ type }) => type === "dev.ready");
  const client = connect({ url: String(ready["url"]) });
  const tasks = async () => (await client.flow("work").get()).nodes.map(({ id }) => id);

  const second = await project.run(["dev"]);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`on ${String(ready["url"])}`) });

  project.write("flows/work.ts", flowFile(["one", "two"]));
  const reloaded = await first.untilRecord(({ type }) => type === "dev.reloaded");
  expect(reloaded["changed"]).toMatchObject([{ flow: "work", tasks: { added: ["two"], removed: [], changed: [] } }]);
  expect(await tasks()).toEqual(["one", "two"]);

  project.write("lib/words.ts", "export const words = (n: number) => {;\n");
  const broken = await first.untilRecord(({ type }) => type === "dev.broken");
  expect(broken["diagnostics"]).toMatchObject([{ file: "lib/words.ts", line: 2, frame: expect.stringContaining("^") }]);
  expect(await tasks()).toEqual(["one", "two"]);
  project.write("lib/words.ts", "export const words = (n: number) => n + 1;\n");
  await first.untilRecord(({ type, changed }) => type === "dev.reloaded" && JSON.stringify(changed).includes('"code"'));

  const run = await client.flow("work").run();
  await first.untilRecord((record) => record.type === "run.finished" && record["run"] === run);
  project.write(
    "millrace.config.ts",
    'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 1, pools: { few: 1 } });\n',
  );
  await first.untilRecord(({ type }) => type === "dev.restarting");
  // Killed, it leaves nothing that is in the way of the next one.
  first.child.kill("SIGKILL");
  await first.ended;
  const next = project.start(["dev", "--port", "0", "--json"]);
  await next.untilRecord(({ type }) => type === "dev.ready");
  next.child.kill("SIGINT");
  const { code, records } = await next.ended;
  expect([code, records.at(-1)?.type]).toEqual([0, "dev.stopped"]);
});
