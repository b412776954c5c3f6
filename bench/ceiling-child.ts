import { readSync, writeSync } from "node:fs";
import process from "node:process";

// The other end of the bare loop: answers each frame of eight bytes with the same eight bytes, on pipes of its own.
const frame = Buffer.alloc(8 * 1024);
for (;;) {
  const length = readBlocking();
  if (length === 0) process.exit(0);
  writeSync(4, frame, 0, length);
}

function readBlocking(): number {
  for (;;) {
    try {
      return readSync(3, frame);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.05);
    }
  }
}
