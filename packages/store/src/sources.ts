import type {
  ListedVersion,
  Sources,
  VersionId,
  VersionManifest,
  VersionPage,
  VersionRuns,
  VersionSource,
} from "@millrace/core";
import type { Act } from "./act.ts";
import { textOfIds } from "./tables/asked-ids.ts";
import { fromJson } from "./tables/json.ts";
import { countVersionRuns, findSource, listVersionSources, listVersions, sourceFromColumns } from "./tables/source.ts";
import { findVersion } from "./tables/version.ts";

/** Runs one act and gives its rows. Each store has its own way, and gives failures their code. */
type SourcesAccess = <Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>) => Promise<Row[]>;

/** Behind every version. */
const LAST: ListedVersion = { createdAtMs: Number.MAX_SAFE_INTEGER, id: "" as VersionId };

/** What versions were made of, on any database. */
export class StoreSources implements Sources {
  readonly #read: SourcesAccess;

  constructor(read: SourcesAccess) {
    this.#read = read;
  }

  async list(version: VersionId): Promise<readonly VersionSource[]> {
    return (await this.#read(listVersionSources, { version })).map(sourceFromColumns);
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    const [found] = await this.#read(findSource, { hash });
    return found === undefined ? undefined : new Uint8Array(found.content);
  }

  async listVersions({ before = LAST, limit }: VersionPage): Promise<readonly ListedVersion[]> {
    const rows = await this.#read(listVersions, { at: before.createdAtMs, id: before.id, limit });
    return rows.map(({ id, created_at }) => ({ id: id as VersionId, createdAtMs: created_at }));
  }

  async findManifest(version: VersionId) {
    const [row] = await this.#read(findVersion, { id: version });
    return row === undefined
      ? undefined
      : {
          id: row.id as VersionId,
          createdAtMs: row.created_at,
          manifest: fromJson<VersionManifest>(row.manifest),
        };
  }

  async countRuns(flow: string, versions: readonly VersionId[], most: number) {
    if (versions.length === 0) return new Map<VersionId, VersionRuns>();
    const rows = await this.#read(countVersionRuns, { ids: textOfIds(versions), flow, limit: most });
    return new Map(rows.map(({ id, count, newest }) => [id as VersionId, { count: count ?? 0, newest }]));
  }
}
