import {
  didYouMean,
  MillraceError,
  type Store,
  type VersionFlow,
  type VersionId,
  type VersionManifest,
  type VersionSource,
} from "@millrace/core";
import { definitionFiles, namedFiles } from "../versions/named-files.ts";

/** A flow as it is in a version, with the files that it is made of. */
export interface FlowCode {
  readonly version: VersionId;
  readonly createdAtMs: number;
  readonly flow: VersionFlow;
  /** False where the version has no sources at all. */
  readonly isKept: boolean;
  /** Its own file first, then by path. */
  readonly files: readonly FlowFile[];
}

interface FlowFile extends VersionSource {
  readonly role: "flow" | "import" | "named";
}

/** @throws `UNKNOWN_VERSION` and `UNKNOWN_FLOW`. */
export async function flowCode(store: Store, name: string, version: string | undefined): Promise<FlowCode> {
  const id = version === undefined ? await store.activeVersion() : (version as VersionId);
  const found = id === undefined ? undefined : await store.sources.findManifest(id);
  if (found === undefined) {
    if (version === undefined) throw unknownFlow(name, []);
    throw new MillraceError("UNKNOWN_VERSION", `There is no version "${version}".`);
  }
  const sources = await store.sources.list(found.id);
  return codeOf({ ...found, sources }, name);
}

/** A version with the files that it was made of. */
export interface VersionCode {
  readonly id: VersionId;
  readonly createdAtMs: number;
  readonly manifest: VersionManifest;
  readonly sources: readonly VersionSource[];
}

/** @throws `UNKNOWN_FLOW`. */
export function codeOf({ id, createdAtMs, manifest: { flows }, sources }: VersionCode, name: string): FlowCode {
  const flow = flows.find(({ spec }) => spec.name === name);
  if (flow === undefined) {
    throw unknownFlow(
      name,
      flows.map(({ spec }) => spec.name),
    );
  }
  return {
    version: id,
    createdAtMs,
    flow,
    isKept: sources.length > 0,
    files: filesOf(flow, sources),
  };
}

function unknownFlow(name: string, names: readonly string[]): MillraceError {
  return new MillraceError("UNKNOWN_FLOW", `There is no flow "${name}" in this version.`, {
    hint: didYouMean(name, names, "flows"),
  });
}

/** The flow's module, all that it imports from the project, and what its tasks and schedules name. */
function filesOf({ spec, entry }: VersionFlow, sources: readonly VersionSource[]): FlowFile[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const roles = new Map<string, FlowFile["role"]>();
  const start = sources.find(({ module }) => module === entry);
  if (start !== undefined) roles.set(start.path, "flow");
  // What is added while it is walked is walked as well.
  for (const [path] of roles) {
    for (const imported of byPath.get(path)?.imports ?? []) if (!roles.has(imported)) roles.set(imported, "import");
  }
  for (const path of [...namedFiles(spec), ...definitionFiles(spec)]) if (!roles.has(path)) roles.set(path, "named");
  const files = Array.from(roles, ([path, role]) => {
    const source = byPath.get(path);
    return source === undefined ? [] : [{ ...source, role }];
  }).flat();
  return files.sort((a, b) => Number(b.role === "flow") - Number(a.role === "flow") || (a.path < b.path ? -1 : 1));
}

/** @throws `UNKNOWN_FILE` for what is no file of the flow, and for one whose text was left out. */
export async function textOf(store: Store, { files, flow }: FlowCode, path: string): Promise<string> {
  const hash = files.find((file) => file.path === path)?.hash ?? null;
  const content = hash === null ? undefined : await store.sources.read(hash);
  if (content !== undefined) return new TextDecoder().decode(content);
  const names = files.flatMap((file) => (file.hash === null ? [] : [file.path]));
  throw new MillraceError(
    "UNKNOWN_FILE",
    `The flow "${flow.spec.name}" has no text of a file "${path}" in this version.`,
    {
      hint: didYouMean(path, names, "files"),
    },
  );
}

/** The texts that are kept of a flow's files, by path. */
export async function textsOf(store: Store, { files }: FlowCode): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { path, hash } of files) {
    const content = hash === null ? undefined : await store.sources.read(hash);
    if (content !== undefined) texts.set(path, new TextDecoder().decode(content));
  }
  return texts;
}
