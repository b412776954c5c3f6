import { MillraceError } from "@millrace/core";
import type { HookServer, Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { ownVersion } from "../own-version.ts";

export const DEFAULT_HOST = "127.0.0.1";

/** What it takes to come in. */
export interface Access {
  readonly needs: "nothing" | "login" | "setup";
  /** Where people reach the server, when that is not where it listens. */
  readonly url: string | null;
  /** Makes the first user. Null where there are users, or none are needed. */
  readonly setupToken: string | null;
  /** Whether passwords and tokens travel unencrypted, as far as is known here. */
  readonly isPlain: boolean;
}

export interface ListenOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** Where another process has the port: true waits until it is free, false refuses to begin. */
  readonly waitsForPort: boolean;
  /** The address to listen on. */
  readonly host: string;
  /** Whether others than whoever started it may be let in: `--public-url` and `--trust-proxy` count. */
  readonly isForAll: boolean;
  /** Told where it listens; with null, that the port is taken. Must not throw. */
  readonly onListening: (address: string | null) => void;
  /** Told what it takes to come in. Must not throw. */
  readonly onAccess: (access: Access) => void;
  /** Told of requests that failed because of us. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** The HTTP side of `millrace server` and `millrace dev`: takes webhooks, serves the API and the web UI. */
export async function listen(
  { options }: CommandCall,
  runtime: Runtime,
  { port, host, waitsForPort, isForAll, onListening, onAccess, onError }: ListenOptions,
): Promise<HookServer> {
  const { HookServer, People } = await import("@millrace/server");
  const { Api, findDoor, WebFiles, WorkerDoor } = await import("@millrace/server/http");
  const door = isForAll
    ? await findDoor(runtime, {
        host,
        publicUrl: given(options, "public-url"),
        trustsProxy: options.flag("trust-proxy"),
      })
    : { isLocal: true, publicUrl: null, trustsProxy: false };
  const people = new People({ store: runtime.store.people, attempts: runtime.attemptTokens });
  const api = new Api({ runtime, version: ownVersion(), onError, people, door });
  const server = new HookServer({
    runtime,
    port,
    host,
    api,
    web: new WebFiles(),
    workers: new WorkerDoor({ runtime, onError, principalOf: (request) => api.door.principalOf(request) }),
    waitsForPort,
    onListening,
    onError,
  });
  await server.start();
  const needs = await api.door.needs();
  const url = door.publicUrl?.href.replace(/\/$/, "") ?? null;
  onAccess({
    needs,
    url,
    setupToken: needs === "setup" ? ((await people.makeSetupToken()) ?? null) : null,
    isPlain: !door.isLocal && door.publicUrl?.protocol !== "https:" && !door.trustsProxy,
  });
  return server;
}

/** Not every command that listens has every option. */
function given(options: CommandCall["options"], name: string): string | undefined {
  return options.has(name) ? options.text(name) : undefined;
}

/** `--port`, where it was given. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new MillraceError("USAGE", `--port cannot be "${text}".`, { hint: "Give a number up to 65535; 0 takes any." });
}
