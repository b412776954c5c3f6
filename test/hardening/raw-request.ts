// Requests as bytes, and what came back: for what no client would send.
import { connect, type Socket } from "node:net";

/** How long a server may say nothing, in milliseconds. */
const HANG_MS = 2_000;

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  /** Whether nothing came within 2 s. */
  readonly hung: boolean;
  readonly text: string;
}

/** Sends bytes, says that there are no more, and gives what was answered until the connection ended. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const answered = Promise.withResolvers<RawAnswer>();
  const chunks: Buffer[] = [];
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  let hung = false;
  socket.setTimeout(HANG_MS, () => {
    hung = true;
    socket.destroy();
  });
  socket.on("data", (chunk) => chunks.push(chunk));
  // Whoever sends nonsense is often hung up on while it still sends.
  socket.on("error", () => undefined);
  socket.once("close", () => {
    const text = Buffer.concat(chunks).toString("latin1");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
    answered.resolve({ status, hung: hung && status === 0, text });
  });
  socket.end(bytes);
  return answered.promise;
}

/** Does work for each number from 0, so many at once. */
export async function inParallel(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, one));
}
