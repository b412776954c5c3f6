import type { ListedVersion, Store, VersionId } from "@millrace/core";

/** A version that has a flow. */
interface FlowVersion extends ListedVersion {
  readonly codeHash: string;
  /** Whether the version before it, of those that have the flow, has other code of it, or there is none. */
  readonly changed: boolean;
}

/** Versions that are looked at for one page: a page is short rather than that one request reads them all. */
const MOST_VERSIONS = 400;
const STEP = 50;
/** Versions whose flows are remembered. They never change. */
const KEPT_VERSIONS = 500;

/** By version, the code of its flows: reading a manifest for one hash costs more than anything else here. */
class CodeHashes {
  readonly #byVersion = new Map<VersionId, ReadonlyMap<string, string>>();

  async of(store: Store, version: VersionId): Promise<ReadonlyMap<string, string>> {
    const known = this.#byVersion.get(version);
    if (known !== undefined) return known;
    const manifest = (await store.sources.findManifest(version))?.manifest;
    const made = new Map((manifest?.flows ?? []).map(({ spec, codeHash }) => [spec.name, codeHash]));
    this.#byVersion.set(version, made);
    for (const oldest of this.#byVersion.keys()) {
      if (this.#byVersion.size <= KEPT_VERSIONS) break;
      this.#byVersion.delete(oldest);
    }
    return made;
  }
}

const HASHES = new CodeHashes();

export interface VersionsPage {
  readonly items: readonly FlowVersion[];
  /** The last version that was looked at; null at the end. */
  readonly next: ListedVersion | null;
}

/** The versions that have a flow, the newest first. */
export async function flowVersions(
  store: Store,
  flow: string,
  { limit, before }: { readonly limit: number; readonly before: ListedVersion | undefined },
): Promise<VersionsPage> {
  const found: (ListedVersion & { readonly codeHash: string })[] = [];
  let last = before;
  let looked = 0;
  let isOver = false;
  // One more than the page has: it tells whether the last one changed anything.
  while (found.length <= limit && looked < MOST_VERSIONS && !isOver) {
    const page = await store.sources.listVersions({ limit: STEP, ...(last === undefined ? {} : { before: last }) });
    for (const version of page) {
      const codeHash = (await HASHES.of(store, version.id)).get(flow);
      if (codeHash !== undefined) found.push({ ...version, codeHash });
    }
    last = page.at(-1) ?? last;
    looked += page.length;
    isOver = page.length < STEP;
  }
  const items = found.slice(0, limit).map((version, place) => {
    return { ...version, changed: found[place + 1]?.codeHash !== version.codeHash };
  });
  if (found.length > limit) return { items, next: items.at(-1) ?? null };
  return { items, next: isOver ? null : (last ?? null) };
}
