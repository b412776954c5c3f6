import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface BuiltFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly isText: boolean;
  readonly etag: string;
  /** Its bytes compressed, once somebody has asked for them. */
  packed?: Buffer;
}

export interface BuiltFiles {
  /** When the page was built, in milliseconds since 1970; 0 where there is none. */
  readonly builtAtMs: number;
  /** By the path of their address: `/assets/index-3f2a.js`. */
  readonly byPath: ReadonlyMap<string, BuiltFile>;
}

const TEXT: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** Reads all built files, unless those that were read before are of the same build. */
export async function readBuiltFiles(folder: URL, known: BuiltFiles | undefined): Promise<BuiltFiles> {
  const root = fileURLToPath(folder);
  const builtAtMs = await builtAt(path.join(root, "index.html"));
  // While a new build is put in its place there is none: what was there goes on.
  if (known !== undefined && (builtAtMs === 0 || known.builtAtMs === builtAtMs)) return known;
  const byPath = new Map<string, BuiltFile>();
  for (const entry of builtAtMs === 0 ? [] : await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    byPath.set(`/${path.relative(root, file).split(path.sep).join("/")}`, await readBuilt(file));
  }
  return { builtAtMs, byPath };
}

async function builtAt(page: string): Promise<number> {
  try {
    return (await stat(page)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

async function readBuilt(file: string): Promise<BuiltFile> {
  const bytes = await readFile(file);
  const text = TEXT[path.extname(file)];
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`;
  return { bytes, type: text ?? "application/octet-stream", isText: text !== undefined, etag };
}
