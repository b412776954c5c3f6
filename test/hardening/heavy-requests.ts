// Requests that want to cost a server its memory, its time or its connections, and how it fares meanwhile.
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { bearer, type ServedProject } from "../access/served-project.ts";
import { quantile } from "../scoreboard/real/measure.ts";
import { inParallel, sendRaw } from "./raw-request.ts";

const GIGABYTE = 1_073_741_824;
const DEPTH = 100_000;
const PIECE = Buffer.alloc(65_536, "x");
const PROBE_MS = 20;

/** Asks for the server's health over and over, and looks at its memory. */
export class Watch {
  readonly #url: string;
  readonly #took: number[] = [];
  readonly #base = memoryNow();
  #most = 0;
  #goesOn = true;
  readonly #ended: Promise<void>;
  refused = 0;

  constructor(url: string) {
    this.#url = url;
    this.#ended = this.#look();
  }

  async #look(): Promise<void> {
    while (this.#goesOn) {
      const begunAt = performance.now();
      const said = await fetch(`${this.#url}/api/v1/health`).catch(() => undefined);
      if (said?.status !== 200) this.refused += 1;
      await said?.body?.cancel();
      this.#took.push(performance.now() - begunAt);
      this.#most = Math.max(this.#most, memoryNow() - this.#base);
      await pause(PROBE_MS);
    }
  }

  async end(): Promise<{ readonly p99Ms: number; readonly grown: number; readonly probes: number }> {
    this.#goesOn = false;
    await this.#ended;
    return { p99Ms: quantile(this.#took, 0.99), grown: this.#most, probes: this.#took.length };
  }
}

function memoryNow(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

export interface Heavy {
  readonly name: string;
  /** What it was answered with, each once. 0: hung up on. */
  readonly statuses: readonly number[];
}

/** Sends each kind, and gives what it was answered with. */
export async function sendHeavy(project: ServedProject, times: number): Promise<Heavy[]> {
  const token = bearer(await project.token("heavy", { grants: [{ role: "admin", flows: "*" }] })).authorization;
  const { url } = project;
  const pool = head("PUT /api/v1/pools/x", token);
  const hook = head(`POST /hooks/${encodeURIComponent("sales/orders")}/webhook`, token);
  const deep = `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`;
  const deepObject = `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`;
  const bomb = gzipSync(Buffer.alloc(10_000_000), { level: 9 });
  const kinds: Record<string, (start: string) => Promise<number>> = {
    "1 GB said": (start) => pour(url, `${start}content-length: ${GIGABYTE}\r\n\r\n`),
    "1 GB in chunks": (start) => pour(url, `${start}transfer-encoding: chunked\r\n\r\n`, true),
    "deep lists": (start) => whole(url, start, Buffer.from(deep)),
    "deep objects": (start) => whole(url, start, Buffer.from(deepObject)),
    "zip bomb": (start) => whole(url, `${start}content-encoding: gzip\r\n`, bomb),
  };
  const heavy: Heavy[] = [];
  for (const [name, send] of Object.entries(kinds)) {
    for (const [place, start] of [["API", pool] as const, ["webhook", hook] as const]) {
      const statuses = new Set<number>();
      await inParallel(times, 4, async () => void statuses.add(await send(start)));
      heavy.push({ name: `${name} to the ${place}`, statuses: [...statuses] });
    }
  }
  return heavy;
}

/** Opens so many connections that send a byte now and then; ends them after some time. */
export async function holdSlowly(url: string, count: number, forMs: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = Array.from({ length: count }, () => connect({ host: hostname, port: Number(port) }));
  for (const socket of sockets) socket.on("error", () => undefined);
  const text = "POST /api/v1/prune HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx: ";
  const begunAt = performance.now();
  for (let at = 0; performance.now() - begunAt < forMs; at += 1) {
    for (const socket of sockets) if (socket.writable) socket.write(text[at] ?? "y");
    await pause(PROBE_MS);
  }
  for (const socket of sockets) socket.destroy();
}

function head(line: string, authorization: string): string {
  return `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\nconnection: close\r\n`;
}

async function whole(url: string, start: string, body: Buffer): Promise<number> {
  const { status } = await sendRaw(
    url,
    Buffer.concat([Buffer.from(`${start}content-length: ${body.length}\r\n\r\n`), body]),
  );
  return status;
}

/** Sends a gigabyte, or as much of it as is taken, and gives what was answered. */
function pour(url: string, start: string, chunked = false): Promise<number> {
  const { hostname, port } = new URL(url);
  const answered = Promise.withResolvers<number>();
  const socket = connect({ host: hostname, port: Number(port) });
  let status = 0;
  let sent = 0;
  const piece = chunked ? Buffer.concat([Buffer.from("10000\r\n"), PIECE, Buffer.from("\r\n")]) : PIECE;
  const more = (): void => {
    while (sent < GIGABYTE && socket.writable) {
      sent += PIECE.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on("data", (data) => {
    if (status === 0) status = Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString("latin1"))?.[1] ?? 0);
  });
  socket.on("drain", more);
  socket.on("error", () => undefined);
  socket.once("close", () => answered.resolve(status));
  socket.write(start);
  more();
  return answered.promise;
}
