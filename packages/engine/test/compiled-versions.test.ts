import type { VersionId, VersionManifest } from "@millrace/core";
import { expect, test } from "vitest";
import { CompiledVersions } from "../src/compiled-versions.ts";
import { PlainDefinitions, versionId } from "./stage/plain-definitions.ts";
import { flowOf } from "./stage/sketch.ts";

/** Versions from 1 on, each with a flow `one`; notes which of them are read. */
class CountedDefinitions extends PlainDefinitions {
  readonly read: number[] = [];

  constructor(versions: number) {
    super({});
    for (let version = 1; version <= versions; version += 1) {
      this.add(versionId(version), [flowOf("one", (flow) => flow.task("work"))], "");
    }
  }

  override flows(version: VersionId): Promise<VersionManifest> {
    this.read.push(Number(version));
    return super.flows(version);
  }
}

test("a version is compiled once for all its runs", async () => {
  const definitions = new CountedDefinitions(1);
  const versions = new CompiledVersions(definitions, () => []);
  const [first, second] = await Promise.all([versions.flow(versionId(1), "one"), versions.flow(versionId(1), "one")]);
  expect(first).toBe(second);
  expect(definitions.read).toEqual([1]);
});

test("those that runs are pinned to stay, of the others the eight that were asked for last", async () => {
  const definitions = new CountedDefinitions(20);
  const versions = new CompiledVersions(definitions, () => [versionId(2), versionId(3)]);
  for (let version = 1; version <= 20; version += 1) await versions.flow(versionId(version), "one");
  definitions.read.length = 0;
  for (let version = 13; version <= 20; version += 1) await versions.flow(versionId(version), "one");
  await versions.flow(versionId(2), "one");
  await versions.flow(versionId(3), "one");
  expect(definitions.read).toEqual([]);
  // Version 13 is the one that was asked for longest ago, but for those in use.
  await versions.flow(versionId(12), "one");
  await versions.flow(versionId(14), "one");
  await versions.flow(versionId(13), "one");
  expect(definitions.read).toEqual([12, 13]);
});

test("a version that could not be read is read again", async () => {
  const definitions = new CountedDefinitions(1);
  const versions = new CompiledVersions(definitions, () => []);
  await expect(versions.flow(versionId(2), "one")).rejects.toThrow("there is no version");
  definitions.add(versionId(2), [flowOf("one", (flow) => flow.task("work"))], "");
  expect((await versions.flow(versionId(2), "one")).version).toBe(versionId(2));
});

test("a flow that is not there is refused with what was probably meant", async () => {
  const versions = new CompiledVersions(new CountedDefinitions(1), () => []);
  await expect(versions.flow(versionId(1), "ones")).rejects.toMatchObject({
    code: "UNKNOWN_FLOW",
    hint: 'Did you mean "one"?',
  });
  await expect(versions.flow(versionId(1), "entirely")).rejects.toMatchObject({
    hint: "`millrace list` shows the flows there are.",
  });
});
