import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { STRICT_HEADERS } from "../http/send.ts";
import { type BuiltFile, type BuiltFiles, readBuiltFiles } from "./built-files.ts";

const compress = promisify(gzip);

/** Where the built pages lie: beside the sources, and beside the program once it is published. */
const BUILT = new URL("../../../web/dist/", import.meta.url);
/** The page itself, which every address leads to that is not a file. */
const PAGE = "/index.html";
/** Files here have their content's hash in their names. */
const HASHED = "/assets/";
/** What is not the pages' business. */
const OTHERS = /^\/(?:api|hooks)(?:\/|$)|^\/(?:health|ready)$/;

/**
 * Scripts, styles, pictures and requests of this server alone, and nothing in the page itself. The page takes no
 * plug-ins and no frames, stands in no frame, and sends its forms nowhere else.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const NOT_BUILT = `The pages of Millrace are not built here.

Run \`npm run build:web\` in Millrace's own folder; what is installed from npm has them.
The API is at /api/v1, and its reference at /api/docs.
`;

/** Serves the built web UI. Only files that were found when it was read are given, so no address leads anywhere else. */
export class WebFiles {
  readonly #folder: URL;
  #files: BuiltFiles | undefined;

  /** @param folder where the built files are. Defaults to those of this installation. */
  constructor(folder: URL = BUILT) {
    this.#folder = folder;
  }

  /** Whether a request is for a page. */
  takes({ method, url = "" }: IncomingMessage): boolean {
    return (method === "GET" || method === "HEAD") && !OTHERS.test(pathOf(url));
  }

  /** Answers a request that it takes. Rejects with what the disk refuses. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#files = await readBuiltFiles(this.#folder, this.#files);
    const path = pathOf(request.url ?? "");
    const { byPath } = this.#files;
    const page = byPath.get(PAGE);
    if (page === undefined) return plain(response, 503, NOT_BUILT);
    const file = byPath.get(path) ?? (path.startsWith(HASHED) ? undefined : page);
    if (file === undefined) return plain(response, 404, "There is no such file.\n");
    await give(request, response, { file, isForEver: path.startsWith(HASHED) });
  }
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? "";
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...STRICT_HEADERS, "content-type": "text/plain; charset=utf-8" }).end(text);
}

async function give(
  request: IncomingMessage,
  response: ServerResponse,
  { file, isForEver }: { readonly file: BuiltFile; readonly isForEver: boolean },
): Promise<void> {
  const headers = {
    ...STRICT_HEADERS,
    "content-security-policy": POLICY,
    // Whoever opened the page in a window cannot hold on to it.
    "cross-origin-opener-policy": "same-origin",
    "cache-control": isForEver ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (request.headers["if-none-match"]?.includes(file.etag) === true) {
    response.writeHead(304, headers).end();
    return;
  }
  const isSmaller = file.isText && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(acceptedBy(request));
  if (isSmaller) file.packed ??= await compress(file.bytes);
  const body = isSmaller ? file.packed : file.bytes;
  response.writeHead(200, {
    ...headers,
    "content-type": file.type,
    "content-length": body?.length ?? 0,
    ...(isSmaller ? { "content-encoding": "gzip" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function acceptedBy({ headers }: IncomingMessage): string {
  return String(headers["accept-encoding"] ?? "");
}
