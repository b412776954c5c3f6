import type { SavedSource, VersionId } from "@millrace/core";

/** What versions were made of. A text is kept for as long as a version has it. */
export class SourceShelf {
  readonly #byVersion = new Map<VersionId, ReadonlyMap<string, SavedSource>>();

  /** Those that are there stay. */
  save(version: VersionId, sources: readonly SavedSource[]): void {
    const known = this.#byVersion.get(version) ?? new Map<string, SavedSource>();
    this.#byVersion.set(version, new Map([...sources.map((source) => [source.path, source] as const), ...known]));
  }

  /** In the order of their paths. */
  of(version: VersionId): readonly SavedSource[] {
    return [...(this.#byVersion.get(version)?.values() ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  text(hash: string): Uint8Array | undefined {
    for (const sources of this.#byVersion.values()) {
      for (const { hash: own, content } of sources.values()) if (own === hash && content !== null) return content;
    }
    return undefined;
  }

  remove(version: VersionId): void {
    this.#byVersion.delete(version);
  }
}
