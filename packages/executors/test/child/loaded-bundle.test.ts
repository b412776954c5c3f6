import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LoadedBundle } from "../../src/child/loaded-bundle.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));

const load = async (configEntry: string | null): Promise<LoadedBundle> => {
  const bundle = new LoadedBundle(() => {});
  await bundle.load("probes", fixture("probes"), configEntry);
  return bundle;
};

test("a configuration counts by whatever name its module exports it", async () => {
  const { config } = await load(fixture("named-config"));
  expect(config?.connections["shop"]).toMatchObject({ kind: "sqlite" });
});

test("a project need not have one, and a module without one has none", async () => {
  expect((await load(null)).config).toBeUndefined();
  expect((await load(fixture("probes"))).config).toBeUndefined();
});

test("one that cannot be imported fails only those who ask for it", async () => {
  const bundle = await load(fixture("broken"));
  expect(bundle.find("probes")).toBeDefined();
  expect(() => bundle.config).toThrow();
});
