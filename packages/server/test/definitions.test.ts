import { rmSync } from "node:fs";
import path from "node:path";
import { decode, encode, MillraceError, type Store, type VersionId } from "@millrace/core";
import { openStore } from "@millrace/store";
import { expect, onTestFinished, test } from "vitest";
import { openProject } from "../src/project/open-project.ts";
import { HostedDefinitions } from "../src/runtime/definitions.ts";
import { buildVersion } from "../src/versions/build-version.ts";
import { flowText, temporaryProject, writeProjectFiles } from "./temporary-project.ts";

const SCHEMA = [
  "const schema = {",
  '  "~standard": {',
  '    version: 1, vendor: "test",',
  "    validate: (value: { region?: string; n?: number }) => {",
  "      if (value.n === 13) for (;;);",
  "      if (value.n === 14) process.exit(1);",
  '      if (value.n === 15) throw new Error("no fifteen");',
  '      const region = value.region ?? "eu";',
  '      if (typeof region !== "string") return { issues: [{ path: ["region"], message: "must be a text" }] };',
  "      return { value: { region, when: new Date(0) } };",
  "    },",
  "  },",
  "};",
].join("\n");

const ORDERS = [
  'import { flow, task } from "millrace";',
  SCHEMA,
  'const load = task("load", async ({ region }: { region: string }) => region);',
  'export default flow("orders", {',
  "  params: schema as never,",
  "  concurrency: { limit: 1, key: (params: { region: string }) => params.region },",
  "}, ({ params }: any) => {",
  "  load.with({ cache: { key: ({ region }) => 'key of ' + region } })({ region: params.region });",
  "});",
].join("\n");

interface Hosted {
  readonly dir: string;
  readonly store: Store;
  readonly version: VersionId;
  readonly definitions: HostedDefinitions;
}

async function hosted(files: Record<string, string>): Promise<Hosted> {
  const dir = temporaryProject(files);
  const project = openProject(dir, {});
  const store = await openStore(project.database);
  onTestFinished(() => store.close());
  const definitions = new HostedDefinitions({ project, store, limitMs: 1_000 });
  onTestFinished(() => definitions.stop());
  const { version, diagnostics } = await buildVersion(project, { store });
  expect(diagnostics).toEqual([]);
  if (version === null) throw new Error("there is no version");
  return { dir, store, version, definitions };
}

async function refusalOf(refused: Promise<unknown>): Promise<MillraceError> {
  const error = await refused.then(
    () => new Error("nothing was refused"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof MillraceError) return error;
  throw error;
}

test("parameters are completed by the flow's schema, and make the key of concurrency", async () => {
  const { version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  const parsed = await definitions.parseParams(version, "orders", encode({}));
  expect(decode(parsed.params)).toEqual({ region: "eu", when: new Date(0) });
  expect(parsed.concurrencyKey).toBe("eu");
});

test("parameters that do not fit are refused with each field", async () => {
  const { version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  const refusal = await refusalOf(definitions.parseParams(version, "orders", encode({ region: 7 })));
  expect(refusal.code).toBe("INVALID_PARAMS");
  expect(refusal.message).toContain("region: must be a text");
  expect(refusal.issues).toEqual([{ path: ["region"], message: expect.stringContaining("must be a text") }]);
});

test("the author's cache key is asked of the author's code", async () => {
  const { version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  const call = { version, flow: "orders", node: 0, input: encode({ region: "us" }) };
  expect(await definitions.cacheKey(call)).toBe("key of us");
});

test("functions that hang, end the process or throw are refused, and the next one is answered", async () => {
  const { version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  const ask = (n: number) => definitions.parseParams(version, "orders", encode({ n }));
  const [hung, dead, thrown, good] = await Promise.all([
    refusalOf(ask(13)),
    refusalOf(ask(14)),
    refusalOf(ask(15)),
    ask(1),
  ]);
  expect(hung).toMatchObject({ code: "DEFINITION_FAILED" });
  expect(hung.message).toMatch(/did not answer within 1000 ms \(.*orders\.ts:6\)/);
  expect(dead.message).toContain("exit code 1");
  expect(thrown.message).toContain("no fifteen");
  expect(good.concurrencyKey).toBe("eu");
});

test("a flow without parameters is answered without its code, and refuses any", async () => {
  const { version, definitions } = await hosted({ "flows/plain.ts": flowText("plain") });
  expect(await definitions.parseParams(version, "plain", encode({}))).toEqual({ params: "{}", concurrencyKey: null });
  const refusal = await refusalOf(definitions.parseParams(version, "plain", encode({ region: "eu" })));
  expect(refusal.code).toBe("INVALID_PARAMS");
  expect(refusal.message).toContain("region");
});

test("definitions are those of their version, whatever became of the working folder", async () => {
  const { dir, version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  writeProjectFiles(dir, { "flows/orders.ts": ORDERS.replaceAll('"eu"', '"us"') });
  rmSync(path.join(dir, ".millrace/versions"), { recursive: true });
  expect((await definitions.parseParams(version, "orders", encode({}))).concurrencyKey).toBe("eu");
  expect((await definitions.flows(version)).flows.map(({ spec }) => spec.name)).toEqual(["orders"]);
});

test("unknown flows and versions are refused by name", async () => {
  const { version, definitions } = await hosted({ "flows/orders.ts": ORDERS });
  const flow = await refusalOf(definitions.parseParams(version, "order", encode({})));
  expect(flow).toMatchObject({ code: "UNKNOWN_FLOW", hint: 'Did you mean "orders"?' });
  const unknown = await refusalOf(definitions.flows("0".repeat(64) as VersionId));
  expect(unknown.code).toBe("UNKNOWN_VERSION");
});
