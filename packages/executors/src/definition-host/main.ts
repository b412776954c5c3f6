/**
 * The definition host: a process that imports a version's modules and calls the functions of their definitions, so that
 * no code of users runs in the control plane. It says what it does before it does it, since it may never come back.
 */
import { Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { type EncodedText, encode, toErrorInfo } from "@millrace/core";
import { BlockingArtifactReader } from "../artifacts/artifact-reader.ts";
import { InputDecoder } from "../child/decode-input.ts";
import { encodeFrame, FrameReader } from "../framing/frame.ts";
import { ORDERS_FD, REPORTS_FD } from "../framing/messages.ts";
import { hostConfigOf } from "./host-config.ts";
import { LoadedModules } from "./loaded-modules.ts";
import type { FromHost, ToHost } from "./messages.ts";
import { describeThrown } from "./thrown.ts";

// Places and stacks are those of the author's sources.
process.setSourceMapsEnabled(true);

const projectDir = process.cwd();
/** Inputs may point into artifact storage. */
const { decode } = new InputDecoder(new BlockingArtifactReader(process.argv[2] ?? ""));
const modules = new LoadedModules();
const reports = new Socket({ fd: REPORTS_FD, readable: false, writable: true });
const orders = new Socket({ fd: ORDERS_FD, readable: true, writable: false });

function say(message: FromHost, payload = ""): void {
  reports.write(encodeFrame(JSON.stringify(message), payload));
}

async function load({ id, entries }: Extract<ToHost, { kind: "load" }>): Promise<void> {
  for (const entry of entries) {
    say({ kind: "loading", id, entry });
    try {
      say({ kind: "loaded", id, entry, module: { kind: "flows", flows: await modules.load(entry) } });
    } catch (error) {
      say({ kind: "loaded", id, entry, module: { kind: "threw", error: describeThrown(error, projectDir) } });
    }
  }
  say({ kind: "done", id });
}

async function readConfig({ id, entry }: Extract<ToHost, { kind: "config" }>): Promise<void> {
  say({ kind: "loading", id, entry });
  try {
    const module = (await import(pathToFileURL(join(modules.folder, entry)).href)) as object;
    say({ kind: "config", id, outcome: { kind: "config", config: hostConfigOf(module) } });
  } catch (error) {
    say({ kind: "config", id, outcome: { kind: "threw", error: describeThrown(error, projectDir) } });
  }
}

async function parseParams(order: Extract<ToHost, { kind: "params" }>, text: string): Promise<void> {
  const definition = await modules.find(order.entry, order.flow);
  const parsed = await definition.parseParams(decode(text as EncodedText));
  if (!parsed.ok) return say({ kind: "invalid_params", id: order.id, issues: parsed.issues });
  const concurrencyKey = definition.concurrencyKey?.(parsed.value) ?? null;
  say({ kind: "params", id: order.id, concurrencyKey }, encode(parsed.value));
}

async function cacheKey(order: Extract<ToHost, { kind: "cache_key" }>, text: string): Promise<void> {
  const definition = await modules.find(order.entry, order.flow);
  const key = definition.handlers[order.node]?.cacheKey?.(decode(text as EncodedText));
  if (typeof key !== "string") throw new TypeError(`The cache key of a task must be a text, not ${typeof key}.`);
  say({ kind: "cache_key", id: order.id, key });
}

async function obey(message: ToHost, payload: string): Promise<void> {
  switch (message.kind) {
    case "load":
      return await load(message);
    case "config":
      return await readConfig(message);
    case "moved":
      modules.folder = message.folder;
      return;
    case "params":
      return await parseParams(message, payload).catch((error: unknown) => threw(message.id, error));
    case "cache_key":
      return await cacheKey(message, payload).catch((error: unknown) => threw(message.id, error));
  }
}

function threw(id: number, error: unknown): void {
  say({ kind: "threw", id, error: toErrorInfo(error) });
}

// One order after the other: the parent then knows which one a busy process is at.
let busy: Promise<void> = Promise.resolve();
const frames = new FrameReader((header, payload) => {
  const message = JSON.parse(header) as ToHost;
  const text = payload.toString("utf8");
  busy = busy.then(() => obey(message, text));
});

orders.on("data", (chunk: Buffer) => frames.push(chunk));
orders.on("close", () => process.exit(0));
// What users' modules start at import and leave to itself must not take the other flows away.
process.on("unhandledRejection", (error) => process.stderr.write(`unhandled rejection: ${String(error)}\n`));
process.on("uncaughtException", (error) => process.stderr.write(`uncaught exception: ${String(error.stack)}\n`));
