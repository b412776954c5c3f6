import { type Duration, parseDuration } from "@millrace/core";
import { refuseUnknown } from "../task/read-limits.ts";
import { invalid } from "../task/read-option.ts";

/** How `millrace server` works for this project, where neither its command line nor the environment says it. */
export interface ServerOptions {
  /** The address to listen on. Anything but loopback needs a login. Defaults to `127.0.0.1`. */
  readonly host?: string;
  /** Where to take webhooks and serve the API; 0 takes any that is free. Defaults to 7430. */
  readonly port?: number;
  /** How long attempts may go on when the server is asked to stop. Defaults to 30 seconds. */
  readonly drain?: Duration;
}

/** What was said of it; null where nothing was. */
export interface ServerConfig {
  readonly host: string | null;
  readonly port: number | null;
  readonly drainMs: number | null;
}

export const DEFAULT_SERVER: ServerConfig = { host: null, port: null, drainMs: null };

export function readServer(given: unknown): ServerConfig {
  const what = 'option "server" of the config';
  if (typeof given !== "object" || given === null) throw invalid(what, "such as { port: 8080 }", given);
  refuseUnknown(given, { host: true, port: true, drain: true }, what);
  const { host, port, drain } = given as ServerOptions;
  if (host !== undefined && (typeof host !== "string" || host === "")) {
    throw invalid(`"host" in the ${what}`, 'an address such as "127.0.0.1"', host);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw invalid(`"port" in the ${what}`, "a whole number from 0 to 65535", port);
  }
  return Object.freeze({
    host: host ?? null,
    port: port ?? null,
    drainMs: drain === undefined ? null : parseDuration(drain, `"drain" in the ${what}`),
  });
}
