import type { ListedVersion, Sources, VersionId, VersionPage, VersionRuns, VersionSource } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemorySources implements Sources {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async list(version: VersionId): Promise<readonly VersionSource[]> {
    return this.#database.sources.of(version).map(({ content: _content, ...source }) => source);
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    return this.#database.sources.text(hash);
  }

  async listVersions({ before, limit }: VersionPage): Promise<readonly ListedVersion[]> {
    return [...this.#database.versions.values()]
      .map(({ id, createdAtMs }) => ({ id, createdAtMs }))
      .sort(newestFirst)
      .filter((version) => before === undefined || newestFirst(before, version) < 0)
      .slice(0, limit);
  }

  async findManifest(version: VersionId) {
    const found = this.#database.versions.get(version);
    return found === undefined ? undefined : { id: found.id, createdAtMs: found.createdAtMs, manifest: found.manifest };
  }

  async countRuns(flow: string, versions: readonly VersionId[], most: number) {
    const counted = new Map<VersionId, VersionRuns>();
    for (const { row } of [...this.#database.runs.values()].reverse()) {
      if (row.flow !== flow || !versions.includes(row.version)) continue;
      const { count, newest } = counted.get(row.version) ?? { count: 0, newest: row.id };
      counted.set(row.version, { count: Math.min(most, count + 1), newest });
    }
    return counted;
  }
}

function newestFirst(a: ListedVersion, b: ListedVersion): number {
  if (a.createdAtMs !== b.createdAtMs || a.id === b.id) return b.createdAtMs - a.createdAtMs;
  return a.id < b.id ? 1 : -1;
}
