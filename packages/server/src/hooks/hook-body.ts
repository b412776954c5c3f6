import type { IncomingMessage } from "node:http";

/** The whole body, or undefined when it is larger than allowed: then no more of it is read. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Otherwise the end of the loop is the end of the connection, before anybody has heard why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a body says: JSON as a value, a form as an object of texts, anything else as text. Throws what is wrong with it. */
export function parseBody(body: Uint8Array, contentType: string): unknown {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const [type = ""] = contentType.toLowerCase().split(";");
  if (type.trim() === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  const isJson = /^\s*(?:application\/(?:.+\+)?json)?\s*$/.test(type);
  if (!isJson) return text;
  return text.trim() === "" ? undefined : JSON.parse(text);
}
