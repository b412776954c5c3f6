import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import type { ArtifactId } from "@millrace/core";
import { artifactPath, draftsDir } from "./artifact-format.ts";

/**
 * Removes an artifact, unless it was written again after an instant: then somebody is about to name it. Between the look
 * and the removal it is moved aside and looked at again, so that a worker who writes the same value at that very moment
 * finds its own file under its name.
 */
export async function removeArtifact(dir: string, artifact: ArtifactId, writtenBeforeMs: number): Promise<boolean> {
  const path = artifactPath(dir, artifact);
  const aside = join(draftsDir(dir), `${process.pid}-${artifact}`);
  try {
    if ((await stat(path)).mtimeMs >= writtenBeforeMs) return false;
    await mkdir(dirname(aside), { recursive: true });
    await rename(path, aside);
    if ((await stat(aside)).mtimeMs < writtenBeforeMs) {
      await rm(aside);
      return true;
    }
    // The same text is the same file, so it may take the place of one that came meanwhile.
    await rename(aside, path);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}
