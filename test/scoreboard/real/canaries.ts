// Secrets that can be told from chance, what programs make of a text that they are given, and where either is found.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Ways to write a text. The functions are also sources of a flow: each stands by itself. */
export const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(`user:${text}`).toString("base64url"),
  hex: (text) => Buffer.from(text).toString("hex"),
  capitalHex: (text) => Buffer.from(text).toString("hex").toUpperCase(),
  url: (text) => encodeURIComponent(text),
  form: (text) => new URLSearchParams({ text }).toString(),
  json: (text) => JSON.stringify({ text }),
};

/** Long enough to be told from chance, with the letters that encodings write differently. */
export function canaryOf(seed: number, index: number): string {
  const hash = createHash("sha256").update(`canary ${seed} ${index}`).digest("base64");
  const random = hash.slice(0, 16 + (index % 16));
  return [random, `${random}"ä/`, `p w+${random}`, `${random}\\ü`][index % 4] ?? random;
}

interface Trace {
  readonly index: number;
  readonly encoding: string;
  readonly text: string;
}

/** What is looked for: the middle of each encoding, because the ends of base64 may carry bits of a neighbour. */
export class CanarySearch {
  readonly #traces: readonly Trace[];

  constructor(canaries: readonly string[]) {
    this.#traces = canaries.flatMap((canary, index) =>
      Object.entries(ENCODINGS).map(([encoding, write]) => ({ index, encoding, text: middleOf(write(canary)) })),
    );
  }

  get size(): number {
    return this.#traces.length;
  }

  /** What of it is in a text, or in bytes. */
  find(where: string, held: string | Buffer): string[] {
    const text = typeof held === "string" ? held : held.toString("utf8");
    return this.#traces
      .filter((trace) => text.includes(trace.text))
      .map(({ index, encoding }) => `${where}: canary ${index} as ${encoding}`);
  }

  /** What of it is in the files of a folder. */
  findBelow(folder: string): { readonly files: number; readonly found: string[] } {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
    return { files: files.length, found: files.flatMap((file) => this.find(file, readFileSync(file))) };
  }
}

function middleOf(written: string): string {
  const bare = written
    .replace(/^text=/, "")
    .replace(/^dXNlcj/, "")
    .replace(/^\{"text":"|"\}$/g, "");
  return bare.slice(3, -4);
}
