import { MillraceError, refusalOf, type WorkerRow } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { withRuntime } from "../following/open-runtime.ts";

/** `millrace server drain|undrain <worker>`. */
export async function drainWorker(call: CommandCall, name: string | undefined, isDraining: boolean): Promise<ExitCode> {
  const { console } = call;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const { workers } = await runtime.servers();
    const { id, name: known } = findWorker(workers, name);
    const answer = await runtime.submit({ kind: "drain_worker", worker: id, isDraining });
    if (!answer.ok) throw refusalOf(answer.error);
    console.record({ type: "worker", id, name: known, draining: isDraining });
    console.print(isDraining ? `${known} takes nothing new; what it has ends` : `${known} takes attempts again`);
    return EXIT.success;
  });
}

/** By its name, where only one has it, or by its id. */
function findWorker(workers: readonly WorkerRow[], name: string | undefined): WorkerRow {
  if (name === undefined) {
    throw new MillraceError("USAGE", "Which worker is not said.", { hint: "`millrace server status` shows them." });
  }
  const found = workers.filter((worker) => worker.id === name || worker.name === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new MillraceError("UNKNOWN_WORKER", `There is no worker "${name}".`, {
      hint: "`millrace server status` shows those that are connected.",
    });
  }
  throw new MillraceError("USAGE", `${found.length} workers are called "${name}".`, {
    hint: `Say which by its id: ${found.map(({ id, host, pid }) => `${id} (${host}, ${pid})`).join(", ")}.`,
  });
}
