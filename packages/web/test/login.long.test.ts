// The way in and out, in a real browser.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuilt, keepScreenshot, type Opened, openBrowser, openPage, seriousOf } from "./browser.ts";
import { ServedProject } from "./served-project.ts";

const PASSWORD = "three blind mice";

let project: ServedProject;
let opened: Opened;

beforeAll(async () => {
  await ensureBuilt();
  project = new ServedProject();
  await project.start();
  const grants = [{ role: "admin", flows: "*" }] as const;
  await project.client.call("createUser", { body: { name: "ana", password: PASSWORD, grants: [...grants] } });
  opened = await openBrowser();
});
afterAll(async () => {
  await opened?.close();
  await project?.remove();
});

test("whoever is not in is asked who they are, comes in where they wanted to, and leaves for good", async () => {
  const troubles: string[] = [];
  const page = await openPage(opened.browser, { viewport: { width: 390, height: 844 }, colorScheme: "dark" }, troubles);
  const logIn = async (password: string): Promise<void> => {
    await page.getByLabel("Name").fill("ana");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
  };
  await page.goto(`${project.url}/flows`);
  await logIn("not the password");
  await page.getByText("The name or the password is wrong.").waitFor();
  expect(await seriousOf(page)).toEqual([]);
  await keepScreenshot(page, "login-phone-dark");
  await logIn(PASSWORD);
  await page.getByText("Orders of the day, in euros, without fraud").waitFor();
  expect(new URL(page.url()).pathname).toBe("/flows");
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: "millrace", httpOnly: true, sameSite: "Strict" });
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: /Log out/ }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  const headers = { cookie: `millrace=${cookie?.value}` };
  expect((await fetch(`${project.url}/api/v1/me`, { headers })).status).toBe(401);
  // A browser writes down each answer that refuses; nothing else is wrong.
  expect(troubles.filter((text) => !text.includes("401"))).toEqual([]);
});
