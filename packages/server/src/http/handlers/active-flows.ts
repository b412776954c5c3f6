import { didYouMean, type FlowSpec, MillraceError, type Store, type VersionId } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";

type From = Pick<Runtime, "store" | "flows">;

/** The flows of a version, of the active one with undefined. Without an active one there are none. */
export async function flowsOf(
  runtime: From,
  version: string | undefined,
): Promise<{ readonly version: VersionId | null; readonly flows: readonly FlowSpec[] }> {
  const id = version === undefined ? await runtime.store.activeVersion() : (version as VersionId);
  if (id === undefined) return { version: null, flows: [] };
  if (version !== undefined) await mustKnow(runtime.store, id);
  const { flows } = await runtime.flows(id);
  return { version: id, flows: flows.map(({ spec }) => spec) };
}

/** Versions that a store was found to know. They stay as they are, and to look means to read all of their files. */
const known = new WeakMap<Store, Set<VersionId>>();

/** A version's name is the name of a folder: only one that the store knows is looked for on the disk. */
async function mustKnow(store: Store, id: VersionId): Promise<void> {
  const ids = known.get(store) ?? new Set();
  if (ids.has(id)) return;
  if ((await store.findVersion(id)) === undefined) {
    throw new MillraceError("UNKNOWN_VERSION", `There is no version "${id}".`);
  }
  known.set(store, ids.add(id));
}

/** @throws `UNKNOWN_FLOW`. */
export async function findFlow(
  runtime: From,
  name: string,
  version: string | undefined,
): Promise<{ readonly version: VersionId; readonly spec: FlowSpec }> {
  const found = await flowsOf(runtime, version);
  const spec = found.flows.find((flow) => flow.name === name);
  if (spec !== undefined && found.version !== null) return { version: found.version, spec };
  throw new MillraceError("UNKNOWN_FLOW", `There is no flow "${name}" in this project.`, {
    hint: didYouMean(
      name,
      found.flows.map((flow) => flow.name),
      "flows",
    ),
  });
}
