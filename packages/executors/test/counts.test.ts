import { Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { FrameReader } from "../src/framing/frame.ts";
import { createProcessExecutor } from "../src/index.ts";
import { PLACE, Stand } from "./stand.ts";

const ATTEMPTS = 20;

test("an attempt is one write to a warm worker, and one message back", async () => {
  const stand = await Stand.open((surroundings) =>
    createProcessExecutor({ ...surroundings, workers: 1, resolveVersion: async () => PLACE }),
  );
  // The first attempt starts the process, and imports the flow there.
  await stand.run("nothing");
  const writes = vi.spyOn(Socket.prototype, "write");
  const pushed = vi.spyOn(FrameReader.prototype, "push");
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) await stand.run("nothing");
    const orders = writes.mock.contexts.filter((socket) => socket === writes.mock.contexts[0]);
    expect([writes.mock.calls.length, orders.length]).toEqual([ATTEMPTS, ATTEMPTS]);
    const kinds: string[] = [];
    const reader = new FrameReader((header) => kinds.push((JSON.parse(header) as { kind: string }).kind));
    const chunks = pushed.mock.calls.map(([chunk]) => chunk);
    for (const chunk of chunks) reader.push(chunk);
    expect(kinds).toEqual(Array.from({ length: ATTEMPTS }, () => "ended"));
  } finally {
    writes.mockRestore();
    pushed.mockRestore();
    await stand.close();
  }
});
