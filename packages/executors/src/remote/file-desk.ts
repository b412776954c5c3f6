import { createHash, randomUUID } from "node:crypto";
import { access, type FileHandle, mkdir, open, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import {
  type ArtifactId,
  type AttemptId,
  MillraceError,
  type RunId,
  toErrorInfo,
  type VaultKind,
  type VersionFile,
  type VersionId,
} from "@millrace/core";
import { artifactPath, draftsDir } from "../artifacts/artifact-format.ts";
import { readFullyAsync } from "../artifacts/read-fully.ts";
import { checkArtifact, isArtifactFile } from "./artifact-file.ts";
import { type AnswerMessage, type AskMessage, PIECE_BYTES } from "./messages.ts";
import type { WorkerLink } from "./remote-worker.ts";

export interface FileDeskOptions {
  readonly artifactsDir: string;
  /** All files of a version. Rejects with `UNKNOWN_VERSION`. */
  readonly readVersion: (version: VersionId) => Promise<readonly VersionFile[]>;
  readonly readVault: (kind: VaultKind, name: string, attempt: AttemptId) => Promise<string>;
  readonly apiToken: (run: RunId, attempt: AttemptId) => Promise<string>;
}

type Answer = Omit<AnswerMessage, "kind" | "id" | "error"> & { readonly payload?: string | Buffer };
type Keep = Extract<AskMessage, { readonly what: "keep" }>;

/** An artifact that is arriving. */
interface Draft {
  readonly file: FileHandle;
  readonly path: string;
}

/** Gives workers what they need of this server's disk and vault, and takes artifacts from them. */
export class FileDesk {
  readonly #options: FileDeskOptions;
  readonly #drafts = new Map<WorkerLink, Map<ArtifactId, Draft>>();

  constructor(options: FileDeskOptions) {
    this.#options = options;
  }

  /** Never rejects. The payload is only good until this comes back. */
  answer(ask: AskMessage, payload: Buffer, link: WorkerLink): void {
    const { id } = ask;
    const given = ask.what === "keep" ? Buffer.from(payload) : payload;
    this.#answer(ask, given, link).then(
      ({ payload: found, ...rest }) => link.send({ kind: "answer", id, error: null, ...rest }, found),
      (error: unknown) => {
        // What went wrong here is told; where in our code is not.
        link.send({ kind: "answer", id, error: { ...toErrorInfo(error), stack: null, cause: null } });
      },
    );
  }

  /** Nothing more comes over this connection: what it left half is thrown away. */
  async forget(link: WorkerLink): Promise<void> {
    const drafts = this.#drafts.get(link);
    this.#drafts.delete(link);
    for (const draft of drafts?.values() ?? []) await discard(draft);
  }

  async #answer(ask: AskMessage, payload: Buffer, link: WorkerLink): Promise<Answer> {
    switch (ask.what) {
      case "secret":
      case "variable":
        return { payload: await this.#options.readVault(ask.what, String(ask.name), ask.attempt as AttemptId) };
      case "token":
        return { payload: await this.#options.apiToken(ask.run as RunId, ask.attempt as AttemptId) };
      case "version":
        return packed(await this.#options.readVersion(ask.version as VersionId));
      case "artifact":
        return await this.#readPiece(checkArtifact(ask.artifact), Number(ask.at));
      case "keep":
        return await this.#keep(ask, payload, link);
    }
  }

  async #readPiece(artifact: ArtifactId, at: number): Promise<Answer> {
    let file: FileHandle;
    try {
      file = await open(artifactPath(this.#options.artifactsDir, artifact), "r");
    } catch (cause) {
      throw new MillraceError("ARTIFACT_MISSING", `Artifact ${artifact} is not in artifact storage.`, { cause });
    }
    try {
      const { size } = await file.stat();
      return { bytes: size, payload: await readFullyAsync(file, at, Math.min(PIECE_BYTES, size - at)) };
    } finally {
      await file.close();
    }
  }

  async #keep(ask: Keep, payload: Buffer, link: WorkerLink): Promise<Answer> {
    const { artifactsDir } = this.#options;
    const artifact = checkArtifact(ask.artifact);
    const path = artifactPath(artifactsDir, artifact);
    if (ask.at === 0 && (await isThere(path))) return { isWhole: true };
    const drafts = this.#drafts.get(link) ?? new Map<ArtifactId, Draft>();
    this.#drafts.set(link, drafts);
    const draft = drafts.get(artifact) ?? (await this.#draft());
    drafts.set(artifact, draft);
    await draft.file.write(payload, 0, payload.length, Number(ask.at));
    if (!ask.isLast) return { isWhole: false };
    drafts.delete(artifact);
    await draft.file.sync();
    await draft.file.close();
    if (!(await isArtifactFile(draft.path, artifact))) {
      await rm(draft.path, { force: true });
      throw new MillraceError("ARTIFACT_MISSING", `Artifact ${artifact} did not arrive as it was sent.`);
    }
    await mkdir(dirname(path), { recursive: true });
    await rename(draft.path, path);
    return { isWhole: true };
  }

  async #draft(): Promise<Draft> {
    // Named like those of this server's own processes, so that what a dead server leaves is found.
    const path = join(draftsDir(this.#options.artifactsDir), `${process.pid}-${randomUUID()}`);
    await mkdir(dirname(path), { recursive: true });
    return { file: await open(path, "wx"), path };
  }
}

/** The same text is the same file; it counts as written now, so that nobody takes it for an old one. */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    await utimes(path, new Date(), new Date());
    return true;
  } catch {
    return false;
  }
}

async function discard({ file, path }: Draft): Promise<void> {
  await file.close().catch(() => undefined);
  await rm(path, { force: true });
}

function packed(files: readonly VersionFile[]): Answer {
  const contents = files.map(({ content }) => Buffer.from(content));
  return {
    files: files.map(({ path }, index) => {
      const content = contents[index] as Buffer;
      return { path, bytes: content.length, hash: createHash("sha256").update(content).digest("hex") };
    }),
    payload: Buffer.concat(contents),
  };
}
