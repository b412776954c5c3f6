import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { MillraceError } from "@millrace/core";
import { type DatabaseAddress, exportStore, importStore, openStore } from "@millrace/store";
import { prepareDataDir } from "../project/open-project.ts";
import type { Project } from "../project/project.ts";

/** A file, or a stream that is open already. */
export type ExportTarget = { readonly file: string } | { readonly stream: Writable };
export type ImportSource = { readonly file: string } | { readonly stream: Readable };

/** How much was moved. */
export interface Transferred {
  readonly rows: number;
  /** Runs that go on wherever a leader finds them. */
  readonly unfinished: number;
  /** Who leads the project now, if anybody does. */
  readonly leader: string | null;
}

/**
 * Writes everything that the project's database holds, in the format of `exportStore`; into a file that ends in `.gz`
 * compressed. A file is there when it is whole, and not before.
 *
 * @throws `USAGE` for a file that exists.
 */
export async function exportProject(project: Project, target: ExportTarget): Promise<Transferred> {
  const { database } = project;
  const { unfinished, leader } = await lookAt(database);
  let rows = 0;
  const text = Readable.from(
    (async function* () {
      const pieces = exportStore(database);
      for (;;) {
        const next = await pieces.next();
        if (next.done === true) {
          rows = next.value;
          return;
        }
        yield next.value;
      }
    })(),
  );
  if ("stream" in target) await pipeline(text, target.stream, { end: false });
  else await writeFile(text, path.resolve(target.file));
  return { rows, unfinished, leader };
}

async function lookAt(database: DatabaseAddress): Promise<Omit<Transferred, "rows">> {
  const store = await openStore(database);
  try {
    const [unfinished, leader] = await Promise.all([store.unfinishedRuns(), store.findLeader()]);
    return { unfinished: unfinished.length, leader: leader?.holder ?? null };
  } finally {
    await store.close();
  }
}

async function writeFile(text: Readable, file: string): Promise<void> {
  if (existsSync(file)) {
    throw new MillraceError("USAGE", `${file} exists already.`, { hint: "Name another file, or remove this one." });
  }
  const draft = `${file}.${process.pid}.part`;
  try {
    const out = createWriteStream(draft, { flags: "wx", mode: 0o600, flush: true });
    if (file.endsWith(".gz")) await pipeline(text, createGzip(), out);
    else await pipeline(text, out);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw fileError(error, file);
  }
}

/**
 * Fills the project's database, which must be empty, with what `exportProject` wrote; compressed or not, it looks. All or
 * nothing.
 */
export async function importProject(project: Project, source: ImportSource): Promise<Transferred> {
  prepareDataDir(project);
  const bytes = "stream" in source ? source.stream : createReadStream(path.resolve(source.file));
  try {
    const rows = await importStore(project.database, linesOf(bytes));
    return { rows, ...(await lookAt(project.database)) };
  } catch (error) {
    throw fileError(error, "file" in source ? source.file : "standard input");
  } finally {
    bytes.destroy();
  }
}

async function* linesOf(bytes: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest: string[] = [];
  for await (const chunk of unzipped(bytes)) {
    const [first = "", ...more] = decoder.decode(chunk, { stream: true }).split("\n");
    rest.push(first);
    for (const start of more) {
      yield rest.join("");
      rest = [start];
    }
  }
  const last = rest.join("");
  if (last !== "") yield last;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The bytes, unpacked if they begin as gzip does. */
async function* unzipped(bytes: Readable): AsyncGenerator<Buffer> {
  const chunks = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  if (!head.subarray(0, GZIP.length).equals(GZIP)) yield* whole();
  else {
    const gunzip = createGunzip();
    // Whoever reads from it meets the failure.
    pipeline(Readable.from(whole()), gunzip).catch(() => undefined);
    yield* gunzip as AsyncIterable<Buffer>;
  }
}

function fileError(error: unknown, file: string): unknown {
  if (error instanceof MillraceError || !(error instanceof Error) || !("code" in error)) return error;
  const { code } = error;
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR" || code === "EPERM") {
    return new MillraceError("USAGE", `${file} cannot be used: ${error.message}.`, {
      hint: "Check the name of the file, and whether you may read or write it.",
      cause: error,
    });
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new MillraceError("DISK_FULL", `There is no space left to write ${file}.`, {
      hint: "Free some space, or name a file on another disk.",
      cause: error,
    });
  }
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new MillraceError("USAGE", `${file} is damaged: ${error.message}.`, {
      hint: "Nothing was imported. Export the project again, or fetch the file again.",
      cause: error,
    });
  }
  return error;
}
