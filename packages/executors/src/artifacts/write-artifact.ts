import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import type { ArtifactId } from "@millrace/core";
import { ArtifactDraft } from "./artifact-draft.ts";
import { artifactPath, draftsDir } from "./artifact-format.ts";

export interface WrittenArtifact {
  readonly artifact: ArtifactId;
  /** Of the text, not of the file. */
  readonly bytes: number;
}

let draftsMade = 0;

/** Names the process, so that its leavings are known when it is dead. */
function draftPath(dir: string): string {
  draftsMade += 1;
  return join(draftsDir(dir), `${process.pid}-${Date.now()}-${draftsMade}`);
}

/**
 * Writes an artifact from the chunks of its text, blocking. It is on the disk, under its final name, when this comes
 * back: written aside, synced, renamed, and the folder synced too.
 */
export function writeArtifactBlocking(dir: string, chunks: Iterable<Buffer>): WrittenArtifact {
  const path = draftPath(dir);
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "wx");
  let isOpen = true;
  try {
    const draft = new ArtifactDraft();
    for (const chunk of chunks) {
      draft.push(chunk);
      writeFully(fd, chunk);
    }
    const { artifact, bytes, tail } = draft.finish();
    writeFully(fd, tail);
    fsyncSync(fd);
    closeSync(fd);
    isOpen = false;
    const final = artifactPath(dir, artifact);
    mkdirSync(dirname(final), { recursive: true });
    // The same text gives the same file: to replace it changes nothing.
    renameSync(path, final);
    syncFolderBlocking(dirname(final));
    return { artifact, bytes };
  } catch (error) {
    if (isOpen) closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
}

/** The same without blocking. */
export async function writeArtifact(dir: string, chunks: AsyncIterable<Buffer>): Promise<WrittenArtifact> {
  const path = draftPath(dir);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "wx");
  try {
    const draft = new ArtifactDraft();
    for await (const chunk of chunks) {
      draft.push(chunk);
      await writeFullyAsync(file, chunk);
    }
    const { artifact, bytes, tail } = draft.finish();
    await writeFullyAsync(file, tail);
    await file.sync();
    await file.close();
    const final = artifactPath(dir, artifact);
    await mkdir(dirname(final), { recursive: true });
    await rename(path, final);
    await syncFolder(dirname(final));
    return { artifact, bytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

/** Removes drafts of processes that are dead. */
export async function removeDeadDrafts(dir: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(draftsDir(dir));
  } catch {
    // Nothing was ever written here.
    return;
  }
  for (const name of names) {
    if (!isAlive(Number(name.split("-")[0]))) await rm(join(draftsDir(dir), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function writeFully(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

async function writeFullyAsync(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}

function syncFolderBlocking(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
