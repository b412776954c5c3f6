import { createHash } from "node:crypto";
import { posix } from "node:path";
import { MillraceError, type VersionFile } from "@millrace/core";
import type { Answered } from "./asks.ts";

/** The files of a version as they came, once each is what its hash says and lies where a version's files may. */
export function unpacked({ message, payload }: Answered): readonly VersionFile[] {
  let at = 0;
  return (message.files ?? []).map(({ path, bytes, hash }) => {
    const content = payload.subarray(at, at + bytes);
    at += bytes;
    if (content.length !== bytes || createHash("sha256").update(content).digest("hex") !== hash) {
      throw damaged(`${path} is not what the server has`);
    }
    const plain = posix.normalize(path);
    if (posix.isAbsolute(plain) || plain.startsWith("..") || path.includes("\\")) {
      throw damaged(`${path} lies outside of the version`);
    }
    return { path: plain, content };
  });
}

function damaged(why: string): MillraceError {
  return new MillraceError("IMPORT_FAILED", `The version did not arrive as it was sent: ${why}.`, {
    hint: "It is fetched again with the next try.",
  });
}
