// Secrets and variables: from the command line into tasks of every kind, and nowhere else.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { TemporaryProject } from "./temporary-project.ts";

const CANARY = 'c4nary/+"of the shop"';

const FLOW = `import { flow, secret, shell, task } from "millrace";
const command = shell("command", {
  command: 'printf "%s\\\\n" "$TOKEN"; printf "%s" "$TOKEN" | base64; tr "\\\\0" " " < /proc/self/cmdline; echo; env | grep -c MILLRACE_SECRET_KEY || true',
  env: { TOKEN: secret("shop-token") },
});
const plain = task("plain", async (_: void, { log, report, secret, variable }) => {
  const token = await secret("shop-token");
  console.log("token", token, Buffer.from(token).toString("hex"));
  report.materialization({ asset: "orders", metadata: { token } });
  log.info("fields", { token, region: await variable("region") });
  console.log(process.argv.join(" ").includes(token), Object.values(process.env).includes(token));
  throw new Error("it was " + token);
});
export default flow("canary", () => {
  plain();
  return command();
});
`;

const CONFIG = `import { defineConfig, postgres, secret } from "millrace";
export default defineConfig({ connections: { shop: postgres({ url: secret("shop-url") }) } });
`;

const QUERY = `import { flow, sql } from "millrace";
const orders = sql("orders", { connection: "shop", query: "SELECT 1 AS one" });
export default flow("query", () => orders());
`;

const OTHER = `import { flow, task } from "millrace";
const ask = task("ask", async (_: void, { variable }) => await variable("nothing"));
export default flow("other", () => ask());
`;

/** Every file of the project that holds the text. */
function filesWith(dir: string, text: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((file) => path.join(dir, file))
    .filter((file) => !file.includes("node_modules") && statSync(file).isFile())
    .filter((file) => readFileSync(file).includes(text));
}

test("a secret reaches tasks, and is in no log, error, file or argument", async () => {
  const project = new TemporaryProject({ "flows/canary.ts": FLOW });
  const env = { MILLRACE_SECRET_KEY: Buffer.alloc(32, 7).toString("base64") };
  const before = await project.run(["check", "--json"]);
  expect(before.code).toBe(0);
  expect(before.records).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      code: "MISSING_SECRET",
      message: expect.stringContaining("canary"),
    }),
  );
  const set = await project.run(["secret", "set", "shop-token", "--description", "for orders"], {
    stdin: `${CANARY}\n`,
    env,
  });
  expect([set.code, set.stdout]).toEqual([0, "secret shop-token is set (version 1)\n"]);
  await project.run(["variable", "set", "region", "eu"]);
  const after = await project.run(["check"]);
  expect(after.stdout + after.stderr).not.toContain("shop-token");

  const run = await project.run(["run", "canary"], { env });
  const logs = await project.run(["logs", "latest", "--json"]);
  const list = await project.run(["secret", "list", "--json"]);
  const said = [run, logs, list, set].map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(run.code).toBe(1);
  expect(run.stdout).toContain("it was ***");
  const texts = logs.records.map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(["***", "token *** ***", "false false", "fields", "0"]));
  expect(logs.records).toContainEqual(expect.objectContaining({ data: { token: "***", region: "eu" } }));
  for (const form of ["c4nary", "of the shop", Buffer.from("c4nary").toString("hex"), "YzRuYXJ5"]) {
    expect(said).not.toContain(form);
    expect(filesWith(project.dir, form)).toEqual([]);
  }
  expect(list.records).toEqual([
    expect.objectContaining({ secret: "shop-token", version: 1, description: "for orders", flows: ["canary"] }),
  ]);
  // A machine with other keys does not open it, and its tasks never see the keys.
  const other = await project.run(["run", "canary"], {
    env: { MILLRACE_SECRET_KEY: Buffer.alloc(32, 8).toString("base64") },
  });
  expect(other.stdout).toContain("SECRET_UNREADABLE");
});

test("secrets are changed, moved and taken away from the command line", async () => {
  const project = new TemporaryProject({ "flows/other.ts": OTHER });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.run(args, { stdin: "a value" });
    return [code, (stdout + stderr).trim()];
  };
  expect(await run("secret", "list")).toEqual([0, "No secrets. `millrace secret set <name>` keeps one."]);
  expect((await run("secret", "set", "a", "on-the-line"))[0]).toBe(2);
  expect((await run("secret", "set", "a", "--from", "nowhere"))[0]).toBe(2);
  expect((await run("secret", "list", "--forget"))[0]).toBe(2);
  expect((await run("secret", "delete", "a"))[1]).toContain("MISSING_SECRET");
  expect(await run("secret", "set", "a")).toEqual([0, "secret a is set (version 1)"]);
  const rotated = await run("secret", "rotate-key");
  expect(rotated[1]).toMatch(/^1 secret encrypted anew with the key [0-9a-f]{12} \(.*secret-key\)$/);
  expect((await run("secret", "rotate-key", "--forget"))[1]).toMatch(/\n1 key that nothing needs any more taken out$/);
  expect(await run("secret", "delete", "a")).toEqual([0, "secret a is deleted"]);
  expect(await run("variable", "set", "region", "eu west")).toEqual([0, "variable region is set (version 1)"]);
  expect(await run("variable", "get", "region")).toEqual([0, "eu west"]);
  expect((await run("variable", "list"))[1]).toContain("eu west");
  expect(await run("variable", "delete", "region")).toEqual([0, "variable region is deleted"]);
  const failed = await run("run", "other");
  expect(failed).toEqual([1, expect.stringContaining('MISSING_VARIABLE: There is no variable "nothing".')]);
});

test("the address of a connection may be a secret", async () => {
  const project = new TemporaryProject({ "flows/query.ts": QUERY, "millrace.config.ts": CONFIG });
  const check = await project.run(["check", "--json"]);
  expect(check.records).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      message: 'The flow query reads the secret "shop-url", which nobody has set.',
    }),
  );
  await project.run(["secret", "set", "shop-url"], { stdin: "postgres://me:c4nary@127.0.0.1:1/none" });
  const { code, stdout, stderr } = await project.run(["run", "query"]);
  expect(code).toBe(1);
  expect(stdout).toContain('Connection "shop" could not be opened');
  expect(stdout + stderr).not.toContain("c4nary");
});
