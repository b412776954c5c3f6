// What authors can say, said once each and run: placement, data, regions, rules, policies, hooks, kinds of one's own.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CliRecord, TemporaryProject } from "./temporary-project.ts";

/** `tell` writes what it is given into its log, as code, so that a test sees values and not their JSON. */
const TELLING = `import { inspect } from "node:util";
import { choose, defer, defineTask, flow, group, type Ref, task, type TaskOptions, when } from "millrace";
import { z } from "zod";

const tell = task("tell", ({ value }: { value: unknown }, { log }) => {
  log.info(inspect(value, { depth: 9, breakLength: Infinity }));
});
`;

const PLACING = `${TELLING}
const make = task("make", ({ count }: { count: number }) => ({
  total: count,
  rows: Array.from({ length: count }, (_unused, id) => ({ id, parts: Array.from({ length: id }, (_none, part) => part) })),
  rich: { at: new Date(0), large: 2n ** 70n, sets: new Map([["k", new Set([1])]]), bytes: new Uint8Array([1, 2]), none: undefined },
}));
const add = task("add", ({ terms }: { terms: readonly number[] }) => terms.reduce((sum, term) => sum + term, 0));
const mark = task("mark", ({ row, part, index }: { row: number; part: number; index: number }) => \`\${row}.\${part}@\${index}\`);
const size = task("size", ({ id }: { id: number }): "even" | "odd" => (id % 2 === 0 ? "even" : "odd"));
const halve = task("halve", ({ id }: { id: number }) => id / 2);

const perRow = group("row", ({ row }: { row: Ref<{ id: number; parts: number[] }> }) => {
  const parts = mark.each(row.parts, (part, index) => ({ row: row.id, part, index }));
  const half = choose(size({ id: row.id }), { even: () => halve({ id: row.id }), otherwise: () => {} });
  return { parts, half };
});
const pair = group("pair", ({ by }: { by: Ref<number> }) => add({ terms: [by, by] }));

/** A kind of one's own, which gives its worker back once. */
function countdown(name: string, { from, ...policies }: { from: number } & TaskOptions) {
  return defineTask<undefined, string>({
    name,
    taskKind: "countdown",
    options: policies,
    details: { from: String(from) },
    run: (_input, { resumed }) => {
      const left = (resumed?.carry as number | undefined) ?? from;
      return left === 0 ? \`resumed \${resumed?.resumes} times\` : defer({ until: 1, carry: left - 1 });
    },
  });
}
const count = countdown("count", { from: 2 });

export default flow(
  "placing",
  { params: z.object({ count: z.int().default(3), deep: z.object({ on: z.boolean() }).default({ on: true }) }) },
  ({ params }) => {
    const made = make({ count: params.count });
    const shown = tell({ value: made.rich });
    const doubled = pair.named("first").after(shown)({ by: made.total });
    const again = pair({ by: doubled });
    const rows = perRow.each(made.rows, (row) => ({ row }));
    const fields = { first: made.rows[0].id, length: made.rows.length, nested: [doubled, { again }] };
    tell.named("tell-fields")({ value: fields });
    tell.named("tell-rows")({ value: rows });
    const taken = when(params.deep.on, () => ({ half: halve.named("half-total")({ id: made.total }) }), { name: "deep" });
    const missing = when(made.rich.none, () => halve.named("never")({ id: 1 }));
    tell.named("tell-regions").with({ priority: 1 })({ value: [taken, missing] });
    tell.named("tell-count")({ value: count() });
    return { rows, taken };
  },
);
`;

/** What `tell` and its other placements said, by task. */
function told(records: readonly CliRecord[]): Record<string, unknown> {
  return Object.fromEntries(records.map(({ task, text }) => [String(task), text]));
}

function statesOf(records: readonly CliRecord[]): Record<string, unknown> {
  const ended = records.filter(({ type }) => type === "task.finished" || type === "task.skipped");
  return Object.fromEntries(ended.map(({ task, state }) => [String(task), state]));
}

describe("placing tasks", () => {
  test("fields, groups, maps in maps, regions in maps, and values that JSON has no word for", async () => {
    const project = new TemporaryProject({ "flows/placing.ts": PLACING });
    const { code, records } = await project.run(["run", "placing", "--json"]);
    expect({ code, end: records.at(-1) }).toMatchObject({ code: 0, end: { state: "success" } });
    expect(statesOf(records)).toMatchObject({
      "row[0]/choose": "success",
      "row[0]/halve": "success",
      "row[1]/halve": "skipped",
      "row[2]/mark[1]": "success",
      "first/add": "success",
      never: "skipped",
      deep: "success",
    });
    const deferred = records.filter(({ type, task }) => type === "task.deferred" && task === "count");
    expect(deferred).toHaveLength(2);
    const logged = await project.run(["logs", "latest", "--json"]);
    expect(told(logged.records)).toEqual({
      tell:
        "{ at: 1970-01-01T00:00:00.000Z, large: 1180591620717411303424n, " +
        "sets: Map(1) { 'k' => Set(1) { 1 } }, bytes: Uint8Array(2) [ 1, 2 ], none: undefined }",
      "tell-fields": "{ first: 0, length: 3, nested: [ 6, { again: 12 } ] }",
      "tell-rows":
        "[ { parts: [], half: 0 }, { parts: [ '1.0@0' ], half: undefined }, { parts: [ '2.0@0', '2.1@1' ], half: 1 } ]",
      "tell-regions": "[ { half: 1.5 }, undefined ]",
      "tell-count": "'resumed 2 times'",
    });
  });
});

describe("trigger rules", () => {
  // The table that core is proved by, without the rows where an upstream has not ended.
  const table = path.join(import.meta.dirname, "../../packages/core/test/cases/trigger-rules.csv");
  const cases = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",") as [rule: string, a: string, b: string, expected: string])
    .filter(([, a, b]) => a !== "pending" && b !== "pending");
  const STATES: Readonly<Record<string, string>> = {
    RUN: "success",
    SKIPPED: "skipped",
    UPSTREAM_FAILED: "upstream_failed",
  };

  test("each, for every pair of outcomes, in one run", async () => {
    const flow = `import { flow, task } from "millrace";
const cases: [string, string, string, string][] = ${JSON.stringify(cases)};
const good = task("good", () => 1);
const bad = task("bad", () => { throw new Error("meant"); });
export default flow("rules", () => {
  const upstreams = (name: string): Record<string, any> => {
    const success = good.named(\`success-\${name}\`)();
    const failed = bad.named(\`failed-\${name}\`)();
    return {
      success,
      failed,
      skipped: good.named(\`skipped-\${name}\`).after(success).with({ triggerRule: "all_failed" })(),
      upstream_failed: good.named(\`held-\${name}\`).after(failed)(),
    };
  };
  const [a, b] = [upstreams("a"), upstreams("b")];
  for (const [rule, one, other] of cases) {
    good.named(\`\${rule}.\${one}.\${other}\`).after(a[one], b[other]).with({ triggerRule: rule as "always" })();
  }
});
`;
    const project = new TemporaryProject({ "flows/rules.ts": flow });
    const { code, records } = await project.run(["run", "rules", "--json"]);
    expect(code).toBe(1);
    const states = statesOf(records);
    expect(states).toMatchObject({ "skipped-a": "skipped", "held-b": "upstream_failed" });
    const found = cases.map(([rule, a, b]) => [rule, a, b, states[`${rule}.${a}.${b}`]]);
    expect(found).toEqual(cases.map(([rule, a, b, expected]) => [rule, a, b, STATES[expected]]));
    expect(cases).toHaveLength(120);
  });
});

const POLICIES = `${TELLING}
import { appendFileSync } from "node:fs";
const note = (event: { on: string; task: { label: string } | null; run: { flow: string }; error: { message: string } | null; tries: number }) =>
  appendFileSync("notes", \`\${event.on} \${event.task?.label ?? event.run.flow} \${event.tries} \${event.error?.message ?? ""}\\n\`);

const shaky = task(
  "shaky",
  {
    description: "Fails once", docs: "# How it fails", owner: "ada", tags: ["flaky"], retries: { limit: 2, delay: 1 },
    timeout: "1m", totalTimeout: "10m", grace: "2s", pool: [{ name: "api", slots: 2 }, "disk"], concurrency: 3, priority: 7,
    isolation: "process", onLost: "fail", memory: "1GiB", cache: { expires: "6h", salt: "2" },
    onRetry: note, onSuccess: note, onFailure: note,
  },
  (_: undefined, { attempt }) => {
    if (attempt.number === 1) throw new Error("not yet");
    return attempt.max;
  },
);
const doomed = task("doomed", { onFailure: () => { throw new Error("the hook fails too"); } }, () => { throw new Error("for good"); });

export default flow(
  "policies",
  {
    description: "What can be said", docs: "All of it", owner: "grace", tags: ["nightly", "shop"],
    params: z.object({ tenant: z.string(), day: z.coerce.date().default(new Date(0)), list: z.array(z.int()).default([]) }),
    concurrency: { limit: 2, key: ({ tenant }) => tenant }, timeout: "1h", priority: 5, retries: 1, pool: "disk",
    onSuccess: note, onFailure: note,
  },
  ({ params }) => {
    const told = tell({ value: params });
    shaky.after(told)();
    doomed.with({ retries: 0 })();
  },
);
`;
const POOLS = `import { defineConfig } from "millrace";
export default defineConfig({ workers: 2, pools: { api: 2, disk: 8 } });
`;

describe("policies, parameters and hooks", () => {
  test("are shown, are lived by, and hooks change nothing of what they watched", async () => {
    const project = new TemporaryProject({ "flows/policies.ts": POLICIES, "millrace.config.ts": POOLS });
    const { stdout } = await project.run(["show", "policies"]);
    for (const line of [
      /^policies {2}What can be said$/,
      /^owner +grace$/,
      /^tags +nightly, shop$/,
      /^policies +timeout 1h 00m, concurrency 2 per key, priority 5, on success, on failure$/,
      /^params +tenant: string \(required\)$/,
      /^ +day: string = "1970-01-01T00:00:00.000Z"$/,
      /^All of it$/,
      /─ tell {2}function {2}retries 1, pool disk$/,
      /─ shaky {2}function {2}← tell {2}retries 2, timeout 1m 00s, total timeout 10m 00s, cached 6h 00m, pool api×2, /,
      /, concurrency 3, priority 7, own process, fails when lost, memory 1\.0 GiB, .*on retry {2}Fails once$/,
    ]) {
      expect(stdout.split("\n")).toContainEqual(expect.stringMatching(line));
    }
    const args = ["-p", "tenant=007", "-p", "day=2026-03-01", "-p", "list=1", "-p", "list=2"];
    const { code, records } = await project.run(["run", "policies", ...args, "--json"]);
    expect(code).toBe(1);
    expect(statesOf(records)).toEqual({ tell: "success", shaky: "success", doomed: "failed" });
    const hooks = records.filter(({ type }) => type === "hook.finished");
    expect(hooks.map(({ task, hook, state }) => [task, hook, state].map(String).join(" ")).toSorted()).toEqual([
      "doomed failure failed",
      "null failure success",
      "shaky retry:1 success",
      "shaky success success",
    ]);
    const notes = readFileSync(project.path("notes"), "utf8").trim().split("\n");
    expect(notes.map((line) => line.trimEnd()).toSorted()).toEqual([
      'failure policies 0 task "doomed" failed: for good',
      "retry shaky 1 not yet",
      "success shaky 2",
    ]);
    const logged = await project.run(["logs", "latest", "--task", "tell", "--json"]);
    expect(told(logged.records)).toEqual({ tell: "{ tenant: '007', day: 2026-03-01T00:00:00.000Z, list: [ 1, 2 ] }" });
  });
});
