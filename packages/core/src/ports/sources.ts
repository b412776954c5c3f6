import type { VersionId } from "../ids.ts";
import type { VersionManifest } from "./definitions.ts";

/** A file of the project that a version was made of, as it was then. */
export interface VersionSource {
  /** Relative to the project's folder, with `/`; `../` leads to packages of the same repository. */
  readonly path: string;
  /** Lower-case hex of the SHA-256 of its text; null where the text was left out. */
  readonly hash: string | null;
  /** How large the file was. */
  readonly bytes: number;
  /** Why the text was left out: it is too large, all of them together are, it is no text, or looks like a secret. */
  readonly leftOut: "too_large" | "too_many" | "binary" | "secret" | null;
  /** The module of the bundle that this file is the beginning of, as `entry` of a flow names it. */
  readonly module: string | null;
  /** The paths of the files that it imports. */
  readonly imports: readonly string[];
}

/** With its text. */
export interface SavedSource extends VersionSource {
  /** Null where it was left out. */
  readonly content: Uint8Array | null;
}

/** A version without all that it takes to run it. */
export interface ListedVersion {
  readonly id: VersionId;
  readonly createdAtMs: number;
}

/** What versions were made of, for people: nothing that runs needs it. */
export interface Sources {
  /** In the order of their paths. None for a version that has none, or is not there. */
  list(version: VersionId): Promise<readonly VersionSource[]>;
  /** A text by its hash. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** The newest first, behind this one: the cursor of the next page. */
  listVersions(page: VersionPage): Promise<readonly ListedVersion[]>;
  /** What a version says about its flows, and when it was made. */
  findManifest(version: VersionId): Promise<(ListedVersion & { readonly manifest: VersionManifest }) | undefined>;
  /** How many runs of a flow each version made, counted up to a limit, and the newest of them. Without those that made none. */
  countRuns(flow: string, versions: readonly VersionId[], most: number): Promise<ReadonlyMap<VersionId, VersionRuns>>;
}

export interface VersionPage {
  readonly before?: ListedVersion;
  readonly limit: number;
}

export interface VersionRuns {
  readonly count: number;
  readonly newest: string;
}
