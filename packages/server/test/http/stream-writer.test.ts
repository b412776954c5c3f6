import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { StreamWriter } from "../../src/http/live/stream-writer.ts";

const CHUNK = "x".repeat(64 * 1024);
/** More than any socket keeps for a reader. */
const TOO_MUCH = 4_000;

/** A response to a reader that takes nothing until it is told to. */
async function unread(): Promise<{ response: ServerResponse; read: () => void }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined);
  onTestFinished(async () => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  return { response, read: () => void socket.resume().on("data", () => undefined) };
}

test("a reader that takes nothing is sent away, and little is kept for it", async () => {
  const { response } = await unread();
  const writer = new StreamWriter(response, new AbortController().signal, 20);
  let written = 0;
  while (written < TOO_MUCH && (await writer.write(CHUNK))) written += 1;
  expect(written).toBeLessThan(TOO_MUCH);
  expect(response.destroyed).toBe(true);
  expect(await writer.write(CHUNK)).toBe(false);
});

test("a reader that goes on reading gets all of it", async () => {
  const { response, read } = await unread();
  const writer = new StreamWriter(response, new AbortController().signal);
  let isBlocked = false;
  while (!isBlocked) {
    const going = writer.write(CHUNK);
    isBlocked = response.writableNeedDrain;
    if (isBlocked) read();
    expect(await going).toBe(true);
  }
  expect(response.destroyed).toBe(false);
});

test("writing ends when nobody wants it any more", async () => {
  const { response } = await unread();
  const left = new AbortController();
  const writer = new StreamWriter(response, left.signal);
  for (let going = true; going; ) {
    const writing = writer.write(CHUNK);
    if (response.writableNeedDrain) left.abort();
    going = await writing;
  }
  expect(await writer.write(CHUNK)).toBe(false);
});
