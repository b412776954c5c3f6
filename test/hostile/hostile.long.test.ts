// A small part of row S9 of the scoreboard, with each commit.
import { ensureBuilt, openBrowser } from "@millrace/web/browser";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { faultsOfAnswers } from "./answers.ts";
import { attackFromElsewhere } from "./cross-site.ts";
import { BROWSER_ARGS } from "./hostile-origin.ts";
import { HostileProject } from "./hostile-project.ts";
import { PAYLOADS } from "./payloads.ts";
import { lookForScripts } from "./stored-scripts.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let project: HostileProject;
let opened: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  await ensureBuilt();
  const postgresUrl = (): Promise<string> => Promise.reject(new Error("there is none"));
  const at = { store: "sqlite", full: false, seed: 1, log: () => undefined, postgresUrl } as const;
  project = await HostileProject.make(at, PAYLOADS.length);
  opened = await openBrowser(BROWSER_ARGS);
});
afterAll(async () => {
  await opened?.close();
  await project?.close();
});

test("two hundred payloads are text on every screen: none runs, none leads away", async () => {
  const context = await opened.browser.newContext();
  const { signs, shown } = await lookForScripts(project, context, { perAddress: 1, ofKind: 0 });
  expect({ signs, shown }).toEqual({
    signs: { scripts: [], violations: [], navigations: [], elsewhere: [], markup: [] },
    shown: PAYLOADS.length,
  });
});

test("a page of another origin reads nothing, changes nothing and shows nothing of the server's", async () => {
  expect((await attackFromElsewhere(project, await opened.browser.newContext(), 25)).successes).toEqual([]);
});

test("what others wrote is handed out as data, and as files only to be kept", async () => {
  expect(await faultsOfAnswers(project)).toEqual([]);
});
