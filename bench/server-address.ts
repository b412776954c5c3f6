import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** Where a server listens that was started with `--json`, as soon as it says so. */
export async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error("the server says nothing");
  for await (const line of createInterface({ input: server.stdout })) {
    const news = JSON.parse(line) as { readonly type?: string; readonly address?: string };
    if (news.type !== "server.listening" || news.address === undefined) continue;
    server.stdout.resume();
    return news.address;
  }
  throw new Error("the server has ended before it listened");
}
