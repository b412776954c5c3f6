import { createServer } from "node:net";
import { formatDuration } from "@millrace/core";
import type { Project, ProjectConfig } from "@millrace/server";
import { countText } from "../output/count-text.ts";
import type { Finding } from "./finding.ts";

const DEFAULT_PORT = 7430;
const DEFAULT_HOST = "127.0.0.1";
/** More than this, and times of different machines do not fit together: ticks come early, tokens end late. */
const LARGE_SKEW_MS = 1_000;
/** Whoever has the port answers in this time, in milliseconds. */
const ANSWER_MS = 2_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a server of this project would listen, by the environment and the configuration. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly trustsProxy: boolean;
}

export function serverPlace(config: ProjectConfig | null, env: Environment): ServerPlace {
  const said = (name: string): string | undefined => {
    const text = env[name]?.trim() ?? "";
    return text === "" ? undefined : text;
  };
  return {
    host: said("MILLRACE_HOST") ?? config?.server?.host ?? DEFAULT_HOST,
    port: Number(said("MILLRACE_PORT") ?? config?.server?.port ?? DEFAULT_PORT),
    publicUrl: said("MILLRACE_PUBLIC_URL") ?? config?.publicUrl ?? null,
    trustsProxy: /^(?:1|true|yes|on)$/i.test(said("MILLRACE_TRUST_PROXY") ?? ""),
  };
}

/** What opening the database would change in its schema. Undefined: nothing. */
export function migrationFinding(missing: readonly string[]): Finding | undefined {
  if (missing.length === 0) return undefined;
  return {
    what: "schema",
    verdict: "odd",
    text: `${countText(missing.length, "migration")} to come: ${missing.join(", ")}`,
    hint: "`millrace db migrate` makes them, and so does the next server. Older servers cannot work with it then.",
  };
}

export function clockFinding(skewMs: number): Finding {
  const size = Math.abs(skewMs);
  const text = `the database's is ${formatDuration(size)} ${skewMs < 0 ? "behind" : "ahead of"} this machine's`;
  if (size <= LARGE_SKEW_MS) return { what: "clock", verdict: "good", text };
  const hint = "Let both machines set their clocks by NTP: schedules go by this machine's, leases by the database's.";
  return { what: "clock", verdict: "odd", text, hint };
}

/** Whether a server could listen where it should, and who does if not. */
export async function portFinding({ host, port }: ServerPlace): Promise<Finding> {
  const where = `${host}:${port}`;
  const problem = await tryToListen(host, port);
  if (problem === undefined) return { what: "port", verdict: "good", text: `${where} is free` };
  if (problem !== "EADDRINUSE") {
    const hint = "Give an address of this machine, and a port that you may use: --host, --port.";
    return { what: "port", verdict: "broken", text: `a server cannot listen on ${where}: ${problem}`, hint };
  }
  if (await isMillrace(host, port))
    return { what: "port", verdict: "good", text: `a server of Millrace is on ${where}` };
  const hint = "Give the server another with --port or MILLRACE_PORT, or end the other program.";
  return { what: "port", verdict: "odd", text: `another program has ${where}`, hint };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}

/** Asked on the address itself, or on this machine for one that stands for all of them. */
async function isMillrace(host: string, port: number): Promise<boolean> {
  const name = host === "0.0.0.0" || host === "::" ? DEFAULT_HOST : host;
  const url = `http://${name.includes(":") ? `[${name}]` : name}:${port}/health`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return ((await response.json()) as { readonly ok?: unknown }).ok === true;
  } catch {
    return false;
  }
}

/** Who is let in, and whether what they show is seen on the way. */
export function accessFinding({ host, publicUrl, trustsProxy }: ServerPlace, users: number, isLocal: boolean): Finding {
  const people = users === 0 ? "no users" : countText(users, "user");
  if (isLocal && publicUrl === null && !trustsProxy) {
    const who = users === 0 ? "whoever is on this machine is let in" : "everybody logs in";
    return { what: "access", verdict: "good", text: `${host} is this machine alone; ${people}: ${who}` };
  }
  const text = `${publicUrl ?? host} needs a login; ${people}`;
  if (publicUrl?.startsWith("https:") !== true && !trustsProxy) {
    const hint = "Put a proxy with TLS in front, and say so: --public-url https://…, --trust-proxy.";
    return { what: "access", verdict: "odd", text: `${text}; passwords and tokens travel unencrypted`, hint };
  }
  if (users > 0) return { what: "access", verdict: "good", text };
  const hint = "The server prints a setup token when it starts, or make one now: `millrace user add <name>`.";
  return { what: "access", verdict: "odd", text, hint };
}

/** @param read throws where the keys cannot be used. */
export function keyFinding(
  place: string,
  read: () => object | undefined,
  { dataDir }: Pick<Project, "dataDir">,
): Finding | undefined {
  if (read() === undefined) return undefined;
  if (!place.startsWith(dataDir)) return { what: "key", verdict: "good", text: `secrets are sealed with ${place}` };
  const text = `secrets are sealed with ${place}, which lies beside the database`;
  return { what: "key", verdict: "good", text: `${text}: keep it out of the database's backups` };
}
