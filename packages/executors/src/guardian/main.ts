/**
 * The guardian of an executor: a process that waits for the end of the pipe from its parent. When that comes, the
 * parent is gone, whether it left in good order or was killed, and everything that carries the executor's mark is
 * killed, again and again until nothing is left. The guardian carries no mark of this executor itself.
 */
import { flushCompileCache } from "node:module";
import process from "node:process";
import { killTree } from "../processes/kill-tree.ts";
import { ofExecutor } from "../processes/mark.ts";

const mark = process.argv[2] ?? "";

async function guard(): Promise<void> {
  if (mark === "") return;
  await killTree({ filter: ofExecutor(mark) });
}

// Signals meant for the parent's terminal must not end its guardian before it; SIGTERM and SIGKILL do.
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);
// Anything that arrives is only a sign of life.
process.stdin.on("data", () => undefined);
process.stdin.on("error", () => undefined);
process.stdin.on("close", () => {
  void guard().finally(() => process.exit(0));
});
// Now, because a guardian lives as long as its server, and may be killed with it.
flushCompileCache();
