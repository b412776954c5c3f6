import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { RunId } from "@millrace/core";
import { addressOf } from "./server-address.ts";

const CLI = fileURLToPath(new URL("../packages/cli/bin/millrace.js", import.meta.url));

export interface Served {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Of its routes. */
  readonly api: string;
  stop(): Promise<void>;
}

/** Serves a project as its users do, in a process of its own. */
export async function serve(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<Served> {
  const server = spawn(process.execPath, [CLI, "server", "--json", "--port", "0"], {
    cwd: dir,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const url = await addressOf(server);
  return {
    url,
    api: `${url}/api/v1`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

export interface Answer {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly next: string | null;
  readonly run: RunId;
}

export async function ask(address: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(address, init);
  if (!answer.ok) throw new Error(`${address}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

export const POST: RequestInit = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };

/** The seeded schedules would tick at the next hour. What they missed meanwhile is waited for. */
export async function quieten(api: string, unscheduled: readonly string[]): Promise<void> {
  for (const { name } of (await ask(`${api}/flows`)).items) {
    if (!unscheduled.includes(name)) await ask(`${api}/flows/${encodeURIComponent(name)}/pause`, POST);
  }
  for (;;) {
    if ((await ask(`${api}/runs?state=running&state=queued`)).items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
