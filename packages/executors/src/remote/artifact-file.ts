import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { ArtifactId } from "@millrace/core";
import { FOOTER_BYTES, parseFooter } from "../artifacts/artifact-format.ts";
import { readFullyAsync } from "../artifacts/read-fully.ts";
import { PIECE_BYTES } from "./messages.ts";

const ARTIFACT = /^[0-9a-f]{64}$/;

/** An artifact's name becomes a path, so it is looked at before. */
export function checkArtifact(artifact: string): ArtifactId {
  if (!ARTIFACT.test(artifact)) throw new TypeError("an artifact is named by its hash");
  return artifact as ArtifactId;
}

/** Whether a file that came from elsewhere is this artifact: its text has the hash that is its name. */
export async function isArtifactFile(path: string, artifact: ArtifactId): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size < FOOTER_BYTES) return false;
    const footer = parseFooter(await readFullyAsync(file, -FOOTER_BYTES, FOOTER_BYTES));
    if (footer === undefined) return false;
    const { textBytes, tableBytes, contentsBytes } = footer;
    if (textBytes + tableBytes + contentsBytes + FOOTER_BYTES !== size) return false;
    const hash = createHash("sha256");
    for (let at = 0; at < textBytes; at += PIECE_BYTES) {
      hash.update(await readFullyAsync(file, at, Math.min(PIECE_BYTES, textBytes - at)));
    }
    return hash.digest("hex") === artifact;
  } finally {
    await file.close();
  }
}
