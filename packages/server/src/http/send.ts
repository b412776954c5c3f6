import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { deflate, gzip } from "node:zlib";

const COMPRESS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
/** Shorter answers are sent as they are. */
const COMPRESSED_BYTES = 1_024;

/** What every answer carries. The API is data: nothing of it is to be run, framed, guessed at, or kept by others. */
export const STRICT_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  readonly type: string;
  /** Whoever has it already is told so, and gets no body. Only for what is asked often and changes seldom. */
  readonly tagged?: boolean;
}

/** Sends an answer whole, compressed where the caller takes that. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { headers = {}, text, type, tagged = false } = answer;
  const etag = tagged ? `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"` : undefined;
  const common = {
    ...STRICT_HEADERS,
    ...headers,
    ...(etag === undefined ? {} : { etag, "cache-control": "private, no-cache" }),
  };
  if (etag !== undefined && isKnown(request, etag)) {
    response.writeHead(304, common).end();
    return;
  }
  const plain = Buffer.from(text);
  const encoding = plain.length < COMPRESSED_BYTES ? undefined : encodingFor(request);
  const body = encoding === undefined ? plain : await COMPRESS[encoding](plain);
  response.writeHead(answer.status, {
    ...common,
    "content-type": type,
    "content-length": body.length,
    vary: "accept-encoding",
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const known = (headers["if-none-match"] ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*");
}

/** The first of ours that the caller takes. One with `q=0` is one that it does not take. */
function encodingFor({ headers }: IncomingMessage): keyof typeof COMPRESS | undefined {
  const accepted = String(headers["accept-encoding"] ?? "")
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .filter((each) => !/;\s*q=0(?:\.0*)?$/.test(each))
    .map((each) => each.split(";")[0]);
  return (["gzip", "deflate"] as const).find((each) => accepted.includes(each));
}
