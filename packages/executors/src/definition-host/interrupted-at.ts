import { readFile } from "node:fs/promises";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ThrownPlace } from "./messages.ts";

/** From a signal to a stopped program it takes some 100 ms; one that waits for something never stops. */
const PATIENCE_MS = 2_000;
const LISTENING = /Debugger listening on (ws:\/\/\S+)/;

/** A process whose inspector can be woken by SIGUSR1, and what it writes to stderr. */
export interface Interruptible {
  kill(signal: NodeJS.Signals): void;
  onErrorOutput(listener: (text: string) => void): void;
}

interface CallFrame {
  readonly url: string;
  /** Counted from 0. */
  readonly line: number;
  readonly column: number;
}

/** As far as it is looked at, what the inspector says. */
interface InspectorMessage {
  readonly method?: string;
  readonly params?: {
    readonly scriptId: string;
    readonly url: string;
    readonly callFrames: readonly {
      readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number };
    }[];
  };
}

/**
 * Where in the author's sources a busy process stands: wakes its inspector, pauses it, and looks at the stack. Null when
 * it runs nothing of the folder, because it waits, or when it cannot be stopped in time. The process stays paused.
 */
export async function interruptedAt(process: Interruptible, folder: string): Promise<ThrownPlace | null> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  try {
    const address = await wakeInspector(process, limit);
    const frames = await pausedFrames(address, limit);
    const prefix = `${pathToFileURL(folder).href}/`;
    const frame = frames.find(({ url }) => url.startsWith(prefix));
    return frame === undefined ? null : await authorsPlace(frame);
  } catch {
    // The place is a help, and the error is reported without it as well.
    return null;
  }
}

function wakeInspector(process: Interruptible, limit: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    // Listens to the end, so that what the inspector says of itself is not taken for output of users' code.
    process.onErrorOutput((more) => {
      text += more;
      const address = LISTENING.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    limit.addEventListener("abort", () => reject(limit.reason));
    process.kill("SIGUSR1");
  });
}

function pausedFrames(address: string, limit: AbortSignal): Promise<readonly CallFrame[]> {
  return new Promise((resolve, reject) => {
    const urls = new Map<string, string>();
    const socket = new WebSocket(address);
    const end = (act: () => void) => {
      socket.close();
      act();
    };
    socket.onopen = () => {
      socket.send(JSON.stringify({ id: 1, method: "Debugger.enable" }));
      socket.send(JSON.stringify({ id: 2, method: "Debugger.pause" }));
    };
    socket.onmessage = ({ data }) => {
      const { method, params } = JSON.parse(String(data)) as InspectorMessage;
      if (params === undefined) return;
      // Frames name their script by a number; the names of all scripts came before.
      if (method === "Debugger.scriptParsed") urls.set(params.scriptId, params.url);
      if (method !== "Debugger.paused") return;
      const frames = params.callFrames.map(({ location: { scriptId, lineNumber, columnNumber } }) => {
        return { url: urls.get(scriptId) ?? "", line: lineNumber, column: columnNumber ?? 0 };
      });
      end(() => resolve(frames));
    };
    socket.onerror = () => end(() => reject(new Error("the inspector cannot be reached")));
    limit.addEventListener("abort", () => end(() => reject(limit.reason)));
  });
}

async function authorsPlace({ url, line, column }: CallFrame): Promise<ThrownPlace> {
  const file = fileURLToPath(url);
  const payload = JSON.parse(await readFile(`${file}.map`, "utf8")) as SourceMapPayload;
  const inBundle = { file, line: line + 1, column: column + 1, source: null };
  return placeInSource(payload, pathToFileURL(`${file}.map`), { line, column }) ?? inBundle;
}

/** @param at line and column in the bundle, counted from 0. */
function placeInSource(map: SourceMapPayload, url: URL, at: { line: number; column: number }): ThrownPlace | null {
  const entry = new SourceMap(map).findEntry(at.line, at.column);
  if (!("originalSource" in entry)) return null;
  return {
    file: fileURLToPath(new URL(entry.originalSource, url)),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
    source: map.sourcesContent[map.sources.indexOf(entry.originalSource)] ?? null,
  };
}
