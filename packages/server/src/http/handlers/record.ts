import { createHash } from "node:crypto";
import {
  type AuditFault,
  type AuditRow,
  type ItemPath,
  MillraceError,
  type StoredVersion,
  type VersionId,
} from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Handlers } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { instant, jsonOf } from "../views/values.ts";
import { readAuditPage } from "./audit-page.ts";
import { placeOf } from "./pages.ts";
import { findRun } from "./run-reading.ts";

/** The largest text that an answer holds. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** What the flow itself returned is kept as the output of no task. */
const OF_RUN = -1;

type Names = "listAudit" | "verifyAudit" | "getVersion" | "getVersionFile" | "compareVersions" | "getOutput";

/** What is kept of what was done. */
export const RECORD: Handlers<Names> = {
  async listAudit({ runtime, query }) {
    const { actor, target } = query;
    if (actor !== undefined && target !== undefined) {
      throw new MillraceError("USAGE", "Either what one actor did, or what was done to one target.");
    }
    const { rows, next } = await readAuditPage(runtime.audit, {
      ...query,
      before: query.cursor === undefined ? undefined : placeOf(query.cursor),
    });
    return { items: rows.map(auditView), next: next === null ? null : String(next) };
  },

  async verifyAudit({ runtime, query: { noted } }) {
    const [seq = "", hash = ""] = noted?.split(":") ?? [];
    const verdict = await runtime.audit.verify(noted === undefined ? [] : [{ seq: Number(seq), hash }]);
    const { rows, head, found, faults } = verdict;
    return { ok: found === 0, rows, head: { ...head }, found, faults: faults.map(faultView) };
  },

  async getVersion({ runtime, params }) {
    const { id, createdAtMs, manifest, dependencies, files } = await findVersion(runtime, params.version);
    return {
      version: id,
      createdAt: instant(createdAtMs),
      flows: manifest.flows.map(({ spec, codeHash }) => ({ name: spec.name, codeHash })),
      dependencies,
      files: files.map(({ path, content }) => ({ path, bytes: content.byteLength, sha256: sha256(content) })),
    };
  },

  async getVersionFile({ runtime, params, query: { path } }) {
    const { id, files } = await findVersion(runtime, params.version);
    // Looked up in the version's own list: no path leads to a folder.
    const file = files.find((each) => each.path === path);
    if (file === undefined) throw new Refusal("NOT_FOUND", `The version ${id} has no file of this path.`);
    const bytes = file.content.byteLength;
    return { path, bytes, text: bytes > MAX_TEXT_BYTES ? null : Buffer.from(file.content).toString("utf8") };
  },

  async compareVersions({ runtime, params, query }) {
    const [after, before] = await Promise.all([findVersion(runtime, params.version), findVersion(runtime, query.with)]);
    return { flows: different(flowsOf(before), flowsOf(after)), files: different(filesOf(before), filesOf(after)) };
  },

  async getOutput({ runtime, params, query: { node = OF_RUN, item } }) {
    const { id } = await findRun(runtime, params.run);
    const stored = await runtime.store.findOutput(id, node, item as ItemPath);
    if (stored === undefined || stored.kind === "none") return { found: stored !== undefined, ...NOTHING };
    // What is kept as a file, or points at one, may be of any size.
    const isSmall = stored.kind === "inline" && stored.text.length <= MAX_TEXT_BYTES && !stored.text.includes(POINTER);
    if (!isSmall) return { found: true, tooLarge: true, value: null };
    return { found: true, tooLarge: false, value: jsonOf(stored.text) };
  },
};

const NOTHING = { tooLarge: false, value: null } as const;
/** How a stored value says that a part of it is kept as a file. */
const POINTER = '"$":"Artifact"';

async function findVersion({ store }: Pick<Runtime, "store">, id: string): Promise<StoredVersion> {
  const version = await store.findVersion(id as VersionId);
  if (version !== undefined) return version;
  throw new MillraceError("UNKNOWN_VERSION", `There is no version "${id}".`, {
    hint: "Runs name the versions that they are of.",
  });
}

function flowsOf({ manifest }: StoredVersion): ReadonlyMap<string, string> {
  return new Map(
    manifest.flows.map(({ spec, codeHash }) => [spec.name, sha256(JSON.stringify([codeHash, spec]))] as const),
  );
}

function filesOf({ files }: StoredVersion): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, content }) => [path, sha256(content)] as const));
}

type Different = { name: string; change: "added" | "removed" | "changed" };

function different(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Different[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): Different[] => {
    if (before.get(name) === after.get(name)) return [];
    const kept = after.has(name) ? "changed" : "removed";
    return [{ name, change: before.has(name) ? kept : "added" }];
  });
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

function auditView({ seq, atMs, actor, action, target, from, before, after, hash }: AuditRow) {
  const value = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return { seq, at: instant(atMs), actor, action, target, from, before: value(before), after: value(after), hash };
}

function faultView(fault: AuditFault): { kind: AuditFault["kind"]; from: number; to: number } {
  if (fault.kind === "missing") return fault;
  return { kind: fault.kind, from: fault.seq, to: fault.seq };
}
