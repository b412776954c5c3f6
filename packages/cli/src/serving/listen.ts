import { MillraceError } from "@millrace/core";
import type { HookServer, Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { ownVersion } from "../own-version.ts";

const DEFAULT_HOST = "127.0.0.1";

export interface ListenOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** Where another process has the port: true waits until it is free, false refuses to begin. */
  readonly waitsForPort: boolean;
  /** Told where it listens, and whether the API is served there; with null, that the port is taken. Must not throw. */
  readonly onListening: (address: string | null, hasApi: boolean) => void;
  /** Told of requests that failed because of us. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** The HTTP side of `millrace server` and `millrace dev`: takes webhooks, and serves the API. */
export async function listen(
  { options }: CommandCall,
  runtime: Runtime,
  { port, waitsForPort, onListening, onError }: ListenOptions,
): Promise<HookServer> {
  const { HookServer } = await import("@millrace/server");
  const { Api, isLoopback } = await import("@millrace/server/http");
  const host = (options.has("host") ? options.text("host") : undefined) ?? DEFAULT_HOST;
  // It knows no people yet, so it is for this machine alone.
  const hasApi = isLoopback(host);
  const server = new HookServer({
    runtime,
    port,
    host,
    ...(hasApi ? { api: new Api({ runtime, version: ownVersion(), onError }) } : {}),
    waitsForPort,
    onListening: (address) => onListening(address, hasApi),
    onError,
  });
  await server.start();
  return server;
}

/** `--port`, where it was given. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new MillraceError("USAGE", `--port cannot be "${text}".`, { hint: "Give a number up to 65535; 0 takes any." });
}
