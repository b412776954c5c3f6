import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Makes a project with one flow file in a folder of its own; `millrace` in it is the workspace's. */
export async function makeProject(flowSource: string): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  await mkdir(join(dir, "flows"));
  await mkdir(join(dir, "node_modules"));
  await symlink(fileURLToPath(new URL("../packages/cli", import.meta.url)), join(dir, "node_modules/millrace"));
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "bench", private: true, type: "module" }));
  await writeFile(
    join(dir, "millrace.config.ts"),
    'import { defineConfig } from "millrace";\nexport default defineConfig({ pools: { closed: 0 } });\n',
  );
  await writeFile(join(dir, "flows/bench.ts"), flowSource);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Flows that the benches run. Handlers tell when they ran, on the monotonic clock that all processes share. */
export const FLOWS = {
  chain: (length: number): string => `
import { flow, task } from "millrace";
const now = () => Number(process.hrtime.bigint()) / 1e6;
const step = task("step", (_: { before: number }) => {
  const start = now();
  return { start, end: now() };
});
export default flow("chain", () => {
  let last = step.named("step-0")({ before: 0 });
  for (let at = 1; at < ${length}; at += 1) last = step.named(\`step-\${at}\`)({ before: last.end });
});
`,
  wide: (width: number): string => `
import { flow, task } from "millrace";
const nothing = task("nothing", (_: { at: number }) => {});
export default flow("wide", () => {
  for (let at = 0; at < ${width}; at += 1) nothing.named(\`nothing-\${at}\`)({ at });
});
`,
  map: (items: number): string => `
import { flow, task } from "millrace";
const list = task("list", () => Array.from({ length: ${items} }, (_, at) => at));
const nothing = task("nothing", (_: { at: number }) => {});
const now = () => Number(process.hrtime.bigint()) / 1e6;
const step = task("step", { priority: 10 }, (_: { before: number }) => {
  const start = now();
  return { start, end: now() };
});
export const map = flow("map", () => {
  nothing.each(list({}), (at) => ({ at }));
});
export const beside = flow("chain", () => {
  let last = step.named("step-0")({ before: 0 });
  for (let at = 1; at < 40; at += 1) last = step.named(\`step-\${at}\`)({ before: last.end });
});
`,
  /** A chain of 40, and a map whose items wait for a pool without a slot. */
  blocked: (count: number): string => `
import { flow, task } from "millrace";
const list = task("list", () => Array.from({ length: ${count} }, (_, at) => at));
const never = task("never", { pool: "closed" }, (_: { at: number }) => {});
const now = () => Number(process.hrtime.bigint()) / 1e6;
const step = task("step", (_: { before: number }) => {
  const start = now();
  return { start, end: now() };
});
export const blocked = flow("blocked", () => {
  never.each(list({}), (at) => ({ at }));
});
export const chain = flow("chain", () => {
  let last = step.named("step-0")({ before: 0 });
  for (let at = 1; at < 40; at += 1) last = step.named(\`step-\${at}\`)({ before: last.end });
});
`,
  /** One small task, and as many of them as one likes; a task takes two milliseconds. */
  shared: (count: number): string => `
import { flow, task } from "millrace";
const list = task("list", () => Array.from({ length: ${count} }, (_, at) => at));
const small = task("small", async (_: { at: number }) => {
  await new Promise((resolve) => setTimeout(resolve, 2));
});
export const one = flow("one", () => {
  small({ at: 0 });
});
export const many = flow("many", () => {
  small.each(list({}), (at) => ({ at }));
});
`,
} as const;
