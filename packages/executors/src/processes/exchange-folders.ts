import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workerOfExchangeFolder } from "@millrace/core";
import type { MarkFilter } from "./mark.ts";

/** Removes the folders that attempts of dead workers left: a process that was killed could not clean up after itself. */
export async function removeExchangeFolders(filter: MarkFilter): Promise<void> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => {
    const worker = workerOfExchangeFolder(name);
    return worker !== undefined && filter(worker);
  });
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}
