import module from "node:module";
import { Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { type EncodedText, encode, refusalOf, toErrorInfo, type VaultKind } from "@millrace/core";
import type { TriggerHandlers } from "@millrace/sdk";
import { BlockingArtifactReader } from "../artifacts/artifact-reader.ts";
import { InputDecoder } from "../child/decode-input.ts";
import { importConfig } from "../child/load-bundle.ts";
import { encodeFrame, FrameReader } from "../framing/frame.ts";
import { ORDERS_FD, REPORTS_FD } from "../framing/messages.ts";
import { hostConfigOf } from "./host-config.ts";
import { LoadedModules } from "./loaded-modules.ts";
import type { FromHost, ToHost } from "./messages.ts";
import { pollOnce } from "./poll-once.ts";
import { describeThrown } from "./thrown.ts";

/**
 * The definition host: imports a version's modules and calls the functions of their definitions, so that no code of
 * users runs in the control plane. It says what it does before it does it, since it may never come back.
 */
export function serve(): void {
  // Places and stacks are those of the author's sources.
  process.setSourceMapsEnabled(true);
  const reports = new Socket({ fd: REPORTS_FD, readable: false, writable: true });
  const orders = new Socket({ fd: ORDERS_FD, readable: true, writable: false });
  const answers = new Answers((message, payload = "") => reports.write(encodeFrame(JSON.stringify(message), payload)));
  // One order after the other: the parent then knows which one a busy process is at.
  let busy: Promise<void> = Promise.resolve();
  const frames = new FrameReader((header, payload) => {
    const message = JSON.parse(header) as ToHost;
    const text = payload.toString("utf8") as EncodedText;
    // Who waits for it is the order that goes on.
    if (message.kind === "answer") return answers.answered(message, text);
    busy = busy.then(() => answers.answer(message, text));
  });
  orders.on("data", (chunk: Buffer) => frames.push(chunk));
  orders.on("close", () => process.exit(0));
  // What users' modules start at import and leave to itself must not take the other flows away.
  process.on("unhandledRejection", (error) => process.stderr.write(`unhandled rejection: ${String(error)}\n`));
  process.on("uncaughtException", (error) => process.stderr.write(`uncaught exception: ${String(error.stack)}\n`));
}

/** What is done one after the other. */
type Work = Exclude<ToHost, { kind: "answer" }>;
type Order<Kind extends ToHost["kind"]> = Extract<ToHost, { kind: Kind }>;

class Answers {
  readonly #say: (message: FromHost, payload?: string) => void;
  readonly #projectDir = process.cwd();
  readonly #modules = new LoadedModules();
  /** Inputs may point into artifact storage. */
  readonly #decoder = new InputDecoder(new BlockingArtifactReader(process.argv[2] ?? ""));
  readonly #asked = new Map<number, PromiseWithResolvers<string>>();
  #lastAsk = 0;
  #hasKeptCode = false;

  constructor(say: (message: FromHost, payload?: string) => void) {
    this.#say = say;
  }

  async answer(order: Work, text: EncodedText): Promise<void> {
    switch (order.kind) {
      case "moved":
        this.#modules.folder = order.folder;
        return;
      case "load":
        await this.#load(order);
        break;
      case "config":
        await this.#readConfig(order);
        break;
      case "params":
        await this.#parseParams(order, text).catch((error: unknown) => this.#threw(order.id, error));
        break;
      case "cache_key":
        await this.#cacheKey(order, text).catch((error: unknown) => this.#threw(order.id, error));
        break;
      case "event_params":
        await this.#eventParams(order, text).catch((error: unknown) => this.#threw(order.id, error));
        break;
      case "next_tick":
        await this.#nextTick(order).catch((error: unknown) => this.#threw(order.id, error));
        break;
      case "poll":
        await this.#poll(order, text).catch((error: unknown) => this.#threw(order.id, error));
        break;
    }
    this.#keepCompiledCode();
  }

  async #load({ id, entries }: Order<"load">): Promise<void> {
    for (const entry of entries) {
      this.#say({ kind: "loading", id, entry });
      try {
        const flows = await this.#modules.load(entry);
        this.#say({ kind: "loaded", id, entry, module: { kind: "flows", flows } });
      } catch (error) {
        const thrown = describeThrown(error, this.#projectDir);
        this.#say({ kind: "loaded", id, entry, module: { kind: "threw", error: thrown } });
      }
    }
    this.#say({ kind: "done", id });
  }

  async #readConfig({ id, entry }: Order<"config">): Promise<void> {
    this.#say({ kind: "loading", id, entry });
    try {
      const config = await importConfig(join(this.#modules.folder, entry));
      this.#say({ kind: "config", id, outcome: { kind: "config", config: hostConfigOf(config) } });
    } catch (error) {
      const thrown = describeThrown(error, this.#projectDir);
      this.#say({ kind: "config", id, outcome: { kind: "threw", error: thrown } });
    }
  }

  async #parseParams({ id, entry, flow }: Order<"params">, text: EncodedText): Promise<void> {
    const definition = await this.#modules.find(entry, flow);
    const parsed = await definition.parseParams(this.#decoder.decode(text));
    if (!parsed.ok) return this.#say({ kind: "invalid_params", id, issues: parsed.issues });
    const concurrencyKey = definition.concurrencyKey?.(parsed.value) ?? null;
    const taskKeys = definition.taskKeys?.(parsed.value);
    const keys = taskKeys === undefined ? {} : { taskKeys };
    this.#say({ kind: "params", id, concurrencyKey, ...keys }, encode(parsed.value));
  }

  async #cacheKey({ id, entry, flow, node }: Order<"cache_key">, text: EncodedText): Promise<void> {
    const definition = await this.#modules.find(entry, flow);
    const key = definition.handlers[node]?.cacheKey?.(this.#decoder.decode(text));
    if (typeof key !== "string") throw new TypeError(`The cache key of a task must be a text, not ${typeof key}.`);
    this.#say({ kind: "cache_key", id, key });
  }

  async #eventParams({ id, entry, flow, trigger }: Order<"event_params">, text: EncodedText): Promise<void> {
    const handlers = await this.#trigger(entry, flow, trigger);
    const payloads = this.#decoder.decode(text) as readonly unknown[];
    const given = await handlers.eventParams(payloads);
    if (!given.ok) return this.#say({ kind: "invalid_params", id, issues: given.issues });
    this.#say({ kind: "event_params", id }, encode(given.value, `what the trigger ${trigger} of ${flow} gives`));
  }

  async #nextTick({ id, entry, flow, schedule, afterMs }: Order<"next_tick">): Promise<void> {
    const handlers = (await this.#modules.find(entry, flow)).schedules?.[schedule];
    if (handlers === undefined) throw new Error(`The flow ${flow} of this version has no custom schedule ${schedule}.`);
    this.#say({ kind: "next_tick", id, tickMs: await handlers.nextTick(afterMs) });
  }

  async #poll(order: Order<"poll">, text: EncodedText): Promise<void> {
    const { id, entry, flow, trigger, configEntry } = order;
    const handlers = await this.#trigger(entry, flow, trigger);
    const config = configEntry === null ? undefined : await importConfig(join(this.#modules.folder, configEntry));
    const polled = await pollOnce(handlers, {
      config,
      projectDir: this.#projectDir,
      cursor: this.#decoder.decode(text),
      lastPollMs: order.lastPollMs,
      ask: (what, name) => this.#ask(id, what, name),
      log: (line) => this.#say({ kind: "log", id, text: line }),
    });
    this.#say({ kind: "polled", id, ...polled });
  }

  answered({ ask, error }: Order<"answer">, value: string): void {
    const asked = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (error === null) asked?.resolve(value);
    else asked?.reject(refusalOf(error));
  }

  #ask(id: number, what: VaultKind, name: string): Promise<string> {
    this.#lastAsk += 1;
    const asked = Promise.withResolvers<string>();
    this.#asked.set(this.#lastAsk, asked);
    this.#say({ kind: "ask", id, ask: this.#lastAsk, what, name });
    return asked.promise;
  }

  async #trigger(entry: string, flow: string, trigger: string): Promise<TriggerHandlers> {
    const handlers = (await this.#modules.find(entry, flow)).triggers?.[trigger];
    if (handlers === undefined) throw new Error(`The flow ${flow} of this version has no trigger ${trigger}.`);
    return handlers;
  }

  #threw(id: number, error: unknown): void {
    this.#say({ kind: "threw", id, error: toErrorInfo(error) });
  }

  /** The process is killed when it is no longer needed; Node would keep compiled code only at an orderly end. */
  #keepCompiledCode(): void {
    if (this.#hasKeptCode) return;
    this.#hasKeptCode = true;
    setImmediate(() => module.flushCompileCache());
  }
}
