import { expect, test } from "vitest";
import { dayOfText, dayText, monthsAtFirst } from "../../src/calendar/civil-days.ts";
import { declarationText, findDeclaration } from "../../src/code/declarations.ts";
import { ask, post, runToEnd, serveApi } from "./api-under-test.ts";

interface Days {
  readonly by: string;
  readonly days: readonly { readonly day: string; readonly missing: number; readonly success: number }[];
}

test("the code of a flow has its files, and the places of its tasks", async () => {
  const { url } = await serveApi();
  const code = (await ask(url, "flows/sales%2Forders/code")).body as {
    version: string;
    tasks: { id: string; declared: { file: string; line: number } | null }[];
  };
  expect(code).toMatchObject({ isActive: true, isKept: true, files: [{ path: "flows/orders.ts", role: "flow" }] });
  const file = await ask(url, "flows/sales%2Forders/code/file?path=flows%2Forders.ts");
  const { text } = file.body as { text: string };
  for (const { id, declared } of code.tasks) {
    expect(text.split("\n")[(declared?.line ?? 0) - 1]).toContain(`"${id.replace("[]", "")}"`);
  }
  // What is no file of the flow is not read through it, whatever its version keeps.
  const config = await ask(url, "flows/sales%2Forders/code/file?path=millrace.config.ts");
  expect([config.status, config.body]).toMatchObject([404, { code: "UNKNOWN_FILE" }]);
  const changes = await ask(url, `flows/sales%2Forders/code/changes?against=${code.version}`);
  expect(changes.body).toMatchObject({ files: [], tasks: { added: [], removed: [], changed: [] }, parts: [] });
});

test("the versions of a flow say which runs used them", async () => {
  const served = await serveApi();
  const run = await runToEnd(served, "sales/orders");
  const { body } = await ask(served.url, "flows/sales%2Forders/versions");
  expect(body).toMatchObject({
    items: [{ isActive: true, changed: true, runs: { count: 1, newest: run } }],
    next: null,
  });
  const warned = { severity: "warning", file: "flows/orders.ts", line: 7, flows: expect.arrayContaining(["days"]) };
  expect((await ask(served.url, "build-errors")).body).toMatchObject({ items: [warned], next: null });
});

test("a calendar tells what is there, what is missing, and no more than was asked for", async () => {
  const served = await serveApi();
  const selection = { kind: "keys", keys: ["2026-01-02"] };
  expect((await post(served.url, "backfills", { flow: "days", selection })).status).toBe(201);
  const asked = "flows/days/calendar?from=2025-12-30&to=2026-01-03";
  const found = (await ask(served.url, asked)).body as Days;
  expect(found.by).toBe("window");
  expect(found.days.map(({ day, missing }) => [day, missing])).toEqual([
    ["2026-01-01", 1],
    ["2026-01-02", 0],
    ["2026-01-03", 1],
  ]);
  const day = (await ask(served.url, "flows/days/calendar/2026-01-01")).body;
  expect(day).toMatchObject({ runs: [], missing: [{ key: "2026-01-01" }] });
  const other = (await ask(served.url, "flows/days/calendar/2026-01-02")).body;
  expect(other).toMatchObject({ runs: [{ slice: { kind: "key", key: "2026-01-02" } }], missing: [] });
  expect((await ask(served.url, "flows/days/calendar?from=2020-01-01&to=2026-01-03")).status).toBe(400);
  await runToEnd(served, "failing");
  const made = (await ask(served.url, "flows/failing/calendar")).body as Days;
  expect(made).toMatchObject({ by: "made", days: [{ failed: 1, runs: 1 }] });
});

test("a calendar opens at today, and where the newest partition is of long ago, at that", () => {
  const shown = (today: string, newest?: string) => {
    const { from, to } = monthsAtFirst(dayOfText(today), newest === undefined ? undefined : dayOfText(newest));
    return [dayText(from), dayText(to)];
  };
  const year = ["2025-12-01", "2026-12-31"];
  expect(shown("2026-11-22")).toEqual(year);
  expect(shown("2026-11-22", "2026-11-21")).toEqual(year);
  expect(shown("2026-11-22", "2026-07-01")).toEqual(year);
  expect(shown("2026-11-22", "2026-06-30")).toEqual(["2025-07-01", "2026-06-30"]);
  expect(shown("2026-11-22", "2015-12-31")).toEqual(["2015-01-01", "2015-12-31"]);
});

test("a task is found where it is written, and ends where the next thing begins", () => {
  const text = [
    "// load is here",
    'const a = task("load", () => {',
    "  return 1;",
    "});",
    "",
    "const b = shell<Row>('dump', {});",
    'const c = a.named("load-us");',
  ].join("\n");
  const texts = new Map([["flows/a.ts", text]]);
  expect(findDeclaration("load", texts)).toEqual({ file: "flows/a.ts", line: 2 });
  expect(findDeclaration("group/dump[]", texts)).toEqual({ file: "flows/a.ts", line: 6 });
  expect(findDeclaration("load-us", texts)).toEqual({ file: "flows/a.ts", line: 7 });
  expect(findDeclaration("nowhere", texts)).toBeNull();
  expect(declarationText(text, 2)).toBe('const a = task("load", () => {\n  return 1;\n});');
});
