// Workers in processes of their own that are killed, one after the other, while another one stands by.
import { mkdirSync } from "node:fs";
import process from "node:process";
import { HookServer } from "@millrace/server";
import { WorkerDoor } from "@millrace/server/http";
import type { Command } from "../../durability/command.ts";
import { readSoon, until } from "./measure.ts";
import type { RowProject, Work } from "./row-project.ts";

const SOON_MS = 30_000;

export interface RemoteDeaths {
  /** The flow has a parameter `count` and `folder`; its items write `<n>-1` and hang, then `<n>-2` and end. */
  readonly flow: string;
  readonly items: number;
  readonly rounds: number;
}

/** From each kill to the moment when an attempt of the dead worker is at work elsewhere, in milliseconds. */
export async function killRemoteWorkers(project: RowProject, { flow, items, rounds }: RemoteDeaths): Promise<number[]> {
  const work = await project.open({ kind: "server", workers: 0 });
  const address = Promise.withResolvers<string>();
  const door = new WorkerDoor({
    runtime: work.runtime,
    principalOf: async () => ({ kind: "local", name: "the row", grants: [] }),
    onError: address.reject,
  });
  const server = new HookServer({
    runtime: work.runtime,
    port: 0,
    host: "127.0.0.1",
    waitsForPort: false,
    workers: door,
    onListening: (where) => address.resolve(where ?? ""),
    onError: address.reject,
  });
  await server.start();
  const join = async (): Promise<Command> => await startWorker(project, work, await address.promise);
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const folder = project.path(`remote-${round}`);
      mkdirSync(folder);
      const victim = await join();
      const run = await work.begin(flow, { count: items, folder });
      const all = Array.from({ length: items }, (_, n) => n);
      await Promise.all(all.map((n) => readSoon(`${folder}/${n}-1`)));
      const heir = await join();
      const killedAtMs = Date.now();
      process.kill(victim.child.pid ?? 0, "SIGKILL");
      const places = await Promise.all(all.map((n) => readSoon<{ readonly atMs: number }>(`${folder}/${n}-2`)));
      times.push(...places.map(({ atMs }) => atMs - killedAtMs));
      const { state } = await work.runtime.whenSettled(run);
      if (state !== "success") throw new Error(`run ${run} is ${state}`);
      heir.child.kill("SIGTERM");
      await heir.ended;
    }
  } finally {
    await server.stop();
  }
  return times;
}

async function startWorker(project: RowProject, { runtime }: Work, address: string): Promise<Command> {
  const ids = new Set(runtime.remoteWorkers?.workers.map(({ id }) => id));
  const command = project.start(["worker", "--server", address]);
  await until("a worker that has joined", SOON_MS, () =>
    runtime.remoteWorkers?.workers.find(({ id, state }) => state === "connected" && !ids.has(id)),
  );
  return command;
}
