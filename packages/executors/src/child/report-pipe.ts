import { writeSync } from "node:fs";
import process from "node:process";
import { encodeBinaryFrame, encodeFrame } from "../framing/frame.ts";
import { type FromChild, REPORTS_FD } from "../framing/messages.ts";

/**
 * The child's side of the pipe to its parent. Writing blocks until the pipe has taken everything, so nothing that was
 * said is lost when the process exits, throws or is killed right after; and a child that says too much is slowed down
 * to what its parent can take.
 */
export class ReportPipe {
  send(message: FromChild, payload = ""): void {
    this.#write(encodeFrame(JSON.stringify(message), payload));
  }

  sendBytes(message: FromChild, payload: Uint8Array): void {
    this.#write(encodeBinaryFrame(JSON.stringify(message), payload));
  }

  #write(frame: Buffer): void {
    for (let written = 0; written < frame.length; ) {
      try {
        written += writeSync(REPORTS_FD, frame, written);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Nobody listens any more: the parent is gone, and there is nothing left to work for.
        if (code !== "EAGAIN" && code !== "EINTR") process.kill(process.pid, "SIGKILL");
      }
    }
  }
}
