import { type ListedVersion, may, type VersionId } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import { findDeclaration } from "../../code/declarations.ts";
import { flowChanges } from "../../code/flow-changes.ts";
import { codeOf, flowCode, textOf, textsOf } from "../../code/flow-code.ts";
import { flowVersions } from "../../code/flow-versions.ts";
import type { Handlers } from "../call.ts";
import { instant } from "../views/values.ts";
import { versionCursor, versionPlaceOf } from "./pages.ts";

type Names = "listFlowVersions" | "getFlowCode" | "readFlowFile" | "diffFlowCode" | "listBuildErrors";

/** Runs of a version are counted no further. */
const MOST_RUNS = 1_000;
const NO_RUNS = { count: 0, newest: null };

/** What can be read of the code of flows. */
export const CODE_READING: Handlers<Names> = {
  async listFlowVersions({ runtime: { store }, params: { flow }, query: { limit, cursor } }) {
    const active = await store.activeVersion();
    const before: ListedVersion | undefined = cursor === undefined ? undefined : versionPlaceOf(cursor);
    const { items, next } = await flowVersions(store, flow, { limit, before });
    // One that was removed has versions still.
    if (items.length === 0 && next === null && cursor === undefined) await flowCode(store, flow, undefined);
    const versions = items.map(({ id }) => id);
    const counts = await store.sources.countRuns(flow, versions, MOST_RUNS);
    const views = items.map(({ id, createdAtMs, changed }) => ({
      version: id,
      createdAt: instant(createdAtMs),
      isActive: id === active,
      changed,
      runs: counts.get(id) ?? NO_RUNS,
    }));
    return { items: views, next: next === null ? null : versionCursor(next) };
  },

  async getFlowCode({ runtime: { store }, params: { flow }, query: { version } }) {
    const code = await flowCode(store, flow, version);
    const texts = await textsOf(store, code);
    const { spec } = code.flow;
    return {
      version: code.version,
      createdAt: instant(code.createdAtMs),
      isActive: (await store.activeVersion()) === code.version,
      isKept: code.isKept,
      files: code.files.map(({ path, bytes, role, leftOut }) => ({ path, bytes, role, leftOut })),
      flow: placeView(spec.place),
      tasks: spec.nodes.map((node) => ({
        id: node.id,
        kind: node.kind === "task" ? node.taskKind : node.kind,
        declared: findDeclaration(node.id, texts),
        placed: placeView(node.place),
      })),
      schedules: spec.schedules.map((schedule) => {
        return { name: schedule.name, text: describeSchedule(schedule), place: placeView(schedule.place) };
      }),
    };
  },

  async readFlowFile({ runtime: { store }, params: { flow }, query: { version, path } }) {
    return { path, text: await textOf(store, await flowCode(store, flow, version), path) };
  },

  async diffFlowCode({ runtime: { store }, params: { flow }, query: { version, against } }) {
    const [before, after] = [await flowCode(store, flow, against), await flowCode(store, flow, version)];
    const told = [
      { code: before, texts: await textsOf(store, before) },
      { code: after, texts: await textsOf(store, after) },
    ] as const;
    const { files, tasks, schedules, triggers, parts } = flowChanges(...told);
    const names = (change: { readonly added: readonly string[]; readonly removed: readonly string[] }) => {
      return { added: [...change.added], removed: [...change.removed] };
    };
    return {
      version: after.version,
      against: before.version,
      isKept: before.isKept && after.isKept,
      files: [...files],
      tasks: { ...names(tasks), changed: [...tasks.changed] },
      schedules: { ...names(schedules), changed: [...schedules.changed] },
      triggers: { ...names(triggers), changed: [...triggers.changed] },
      parts: [...parts],
    };
  },

  async listBuildErrors({ runtime, principal }) {
    const { diagnostics } = runtime;
    const flowsOf = diagnostics.length === 0 ? () => [] : await flowsByFile(runtime.store);
    const mayAll = may(principal, "flow.read");
    const items = diagnostics
      .map((diagnostic) => ({ ...diagnostic, flows: [...flowsOf(diagnostic.file)] }))
      .filter(({ flows }) => mayAll || flows.some((flow) => may(principal, "flow.read", flow)));
    return { items, next: null };
  },
};

function placeView(place: { readonly file: string; readonly line: number } | null) {
  return place === null ? null : { file: place.file, line: place.line };
}

type CodeStore = Parameters<typeof flowCode>[0];

/** The flows of the active version that are made of a file. */
async function flowsByFile(store: CodeStore): Promise<(file: string | null) => readonly string[]> {
  const active: VersionId | undefined = await store.activeVersion();
  const found = active === undefined ? undefined : await store.sources.findManifest(active);
  const byFile = new Map<string, string[]>();
  if (found === undefined) return () => [];
  const version = { ...found, sources: await store.sources.list(found.id) };
  for (const { spec } of found.manifest.flows) {
    for (const { path } of codeOf(version, spec.name).files) {
      byFile.set(path, [...(byFile.get(path) ?? []), spec.name]);
    }
  }
  return (file) => (file === null ? [] : (byFile.get(file) ?? []));
}
