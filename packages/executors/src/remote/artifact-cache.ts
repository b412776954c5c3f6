import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { type ArtifactId, type AttemptOrder, MillraceError } from "@millrace/core";
import { artifactPath, draftsDir } from "../artifacts/artifact-format.ts";
import { readFullyAsync } from "../artifacts/read-fully.ts";
import { isArtifactFile } from "./artifact-file.ts";
import { type Asks, ConnectionLost } from "./asks.ts";
import { PIECE_BYTES } from "./messages.ts";

/** How a text names an artifact; see `pointerText`. One that only looks so costs a question. */
const POINTER = /"\$":"Artifact","v":\{"id":"([0-9a-f]{64})"/g;
/** So much of artifacts is kept for the next attempts. */
const KEPT_BYTES = 4 * 1024 ** 3;

/** Artifacts of the server that this machine has, too. */
export class ArtifactCache {
  readonly #dir: string;
  readonly #asks: Asks;
  readonly #fetching = new Map<ArtifactId, Promise<void>>();
  readonly #sending = new Map<ArtifactId, Promise<void>>();
  /** Those that the server has for sure, with their sizes; the one used last is at the end. */
  readonly #known = new Map<ArtifactId, number>();
  /** How many attempts need each. */
  readonly #needed = new Map<ArtifactId, number>();
  #bytes = 0;

  constructor(dir: string, asks: Asks) {
    this.#dir = dir;
    this.#asks = asks;
  }

  /** Nothing that an earlier process left is known to be whole, or wanted. */
  async clear(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Says that an attempt needs these, so that they stay. @returns what ends that. */
  hold(artifacts: readonly ArtifactId[]): () => void {
    for (const artifact of artifacts) this.#needed.set(artifact, (this.#needed.get(artifact) ?? 0) + 1);
    return () => {
      for (const artifact of artifacts) {
        const left = (this.#needed.get(artifact) ?? 0) - 1;
        if (left > 0) this.#needed.set(artifact, left);
        else this.#needed.delete(artifact);
      }
      void this.#shrink();
    };
  }

  has(artifact: ArtifactId): boolean {
    return existsSync(artifactPath(this.#dir, artifact));
  }

  /** Brings an artifact here. Rejects with what the server says. */
  fetch(artifact: ArtifactId): Promise<void> {
    const known = this.#fetching.get(artifact);
    if (known !== undefined) return known;
    const fetching = this.#fetch(artifact).finally(() => this.#fetching.delete(artifact));
    this.#fetching.set(artifact, fetching);
    return fetching;
  }

  async #fetch(artifact: ArtifactId): Promise<void> {
    const draft = join(draftsDir(this.#dir), `${process.pid}-${randomUUID()}`);
    await mkdir(dirname(draft), { recursive: true });
    const file = await open(draft, "wx");
    let at = 0;
    try {
      for (let total = 1; at < total; ) {
        const { message, payload } = await this.#asks.ask({ what: "artifact", artifact, at });
        total = message.bytes ?? 0;
        await file.write(payload, 0, payload.length, at);
        at += payload.length;
        if (payload.length === 0) break;
      }
      await file.close();
      if (!(await isArtifactFile(draft, artifact))) {
        throw new MillraceError("ARTIFACT_MISSING", `Artifact ${artifact} did not arrive as it was sent.`);
      }
      const path = artifactPath(this.#dir, artifact);
      await mkdir(dirname(path), { recursive: true });
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true });
      throw error;
    }
    this.#note(artifact, at);
  }

  /** Sees to it that the server has an artifact that was made here. Waits for as long as there is no connection. */
  send(artifact: ArtifactId, connected: () => Promise<void>): Promise<void> {
    const known = this.#sending.get(artifact);
    if (known !== undefined) return known;
    const sending = this.#sendAtLast(artifact, connected).finally(() => this.#sending.delete(artifact));
    this.#sending.set(artifact, sending);
    return sending;
  }

  async #sendAtLast(artifact: ArtifactId, connected: () => Promise<void>): Promise<void> {
    while (!this.#known.has(artifact)) {
      try {
        await this.#send(artifact);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        await connected();
      }
    }
  }

  async #send(artifact: ArtifactId): Promise<void> {
    const path = artifactPath(this.#dir, artifact);
    const { size } = await stat(path);
    const file = await open(path, "r");
    try {
      let isWhole = false;
      for (let at = 0; at < size && !isWhole; at += PIECE_BYTES) {
        const bytes = await readFullyAsync(file, at, Math.min(PIECE_BYTES, size - at));
        const isLast = at + bytes.length >= size;
        const { message } = await this.#asks.ask({ what: "keep", artifact, at, isLast }, bytes);
        isWhole = message.isWhole === true;
      }
    } finally {
      await file.close();
    }
    this.#note(artifact, size);
  }

  #note(artifact: ArtifactId, bytes: number): void {
    if (!this.#known.has(artifact)) this.#bytes += bytes;
    this.#known.delete(artifact);
    this.#known.set(artifact, bytes);
    void this.#shrink();
  }

  async #shrink(): Promise<void> {
    for (const [artifact, bytes] of this.#known) {
      if (this.#bytes <= KEPT_BYTES) return;
      if (this.#needed.has(artifact)) continue;
      this.#known.delete(artifact);
      this.#bytes -= bytes;
      await rm(artifactPath(this.#dir, artifact), { force: true });
    }
  }
}

/** All artifacts that an attempt may look into. */
export function artifactsOf({ input, params, resumed }: AttemptOrder): readonly ArtifactId[] {
  const found = new Set<ArtifactId>();
  for (const text of [input, params, resumed?.carry, resumed?.run?.output]) {
    if (text === undefined || text === null || !text.includes('"Artifact"')) continue;
    for (const [, id] of text.matchAll(POINTER)) found.add(id as ArtifactId);
  }
  return [...found];
}
